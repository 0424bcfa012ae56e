"""The part of CEL that Kubernetes CRDs use in x-kubernetes-validations, as an evaluator.

compile(text) gives a function of {"self": value}; it returns a value or raises Error, which the API
server treats as a failed rule. Errors are absorbed by && and || as the language definition says.
Something this evaluator does not know raises Unknown at compile time: a rule is never passed over in
silence.
"""

import functools
import ipaddress
import re

import re2


class Error(Exception):
    """The expression has no value (no such key, wrong type, bad duration)."""


class Unknown(Exception):
    """The expression uses something this evaluator does not implement."""


TOKENS = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<raw>r\"\"\"(?:.|\n)*?\"\"\"|r'''(?:.|\n)*?'''|r"[^"\n]*"|r'[^'\n]*')
    |(?P<string>\"\"\"(?:\\.|[^\\])*?\"\"\"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?)
    |(?P<int>0x[0-9a-fA-F]+|\d+)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.X,
)
ESCAPED = re.compile(r"__(dot|dash|slash|underscores|[a-z]+)__")
ESCAPES = {"dot": ".", "dash": "-", "slash": "/", "underscores": "__"}
DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?)(h|ms|us|ns|m|s)")
UNITS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Duration(int):
    """Nanoseconds."""


def tokens(text):
    position, out = 0, []
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            raise Unknown("cannot read %r" % text[position:position + 20])
        position = match.end()
        if match.lastgroup != "space":
            out.append((match.lastgroup, match.group()))
    return out + [("end", "")]


def unquote(kind, text):
    body = text[1:] if kind == "raw" else text
    width = 3 if body[:3] in ('"""', "'''") else 1
    body = body[width:-width]
    if kind == "raw":
        return body
    simple = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}

    def one(match):
        escape = match.group(1)
        if escape[0] in "xuU":
            return chr(int(escape[1:], 16))
        return simple.get(escape, escape)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", one, body)


class Parser:
    """Recursive descent; every method returns a function of the environment."""

    LEVELS = [("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%")]

    def __init__(self, text):
        self.tokens, self.at = tokens(text), 0

    def take(self, *texts):
        kind, text = self.tokens[self.at]
        if kind in ("op", "name") and text in texts:
            self.at += 1
            return text
        return None

    def expect(self, text):
        if not self.take(text):
            raise Unknown("%r expected, not %r" % (text, self.tokens[self.at][1]))

    def whole(self):
        expression = self.ternary()
        if self.tokens[self.at][0] != "end":
            raise Unknown("%r is left over" % self.tokens[self.at][1])
        return expression

    def ternary(self):
        condition = self.logic("||", self.conjunction)
        if not self.take("?"):
            return condition
        yes = self.ternary()
        self.expect(":")
        no = self.ternary()
        return lambda env: yes(env) if truth(condition(env)) else no(env)

    def conjunction(self):
        return self.logic("&&", lambda: self.binary(0))

    def logic(self, operator, operand):
        parts = [operand()]
        while self.take(operator):
            parts.append(operand())
        if len(parts) == 1:
            return parts[0]
        stop = operator == "||"
        return lambda env: absorb([functools.partial(part, env) for part in parts], stop)

    def binary(self, level):
        if level == len(self.LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while True:
            operator = self.take(*self.LEVELS[level])
            if not operator:
                return left
            left = self.operation(operator, left, self.binary(level + 1))

    @staticmethod
    def operation(operator, left, right):
        return lambda env: apply(operator, left(env), right(env))

    def unary(self):
        if self.take("!"):
            operand = self.unary()
            return lambda env: not truth(operand(env))
        if self.take("-"):
            operand = self.unary()
            return lambda env: -number(operand(env))
        return self.member()

    def member(self):
        expression = self.primary()
        while True:
            if self.take("."):
                expression = self.field(expression)
            elif self.take("["):
                index = self.ternary()
                self.expect("]")
                expression = self.index(expression, index)
            else:
                return expression

    @staticmethod
    def index(of, index):
        return lambda env: element(of(env), index(env))

    def field(self, of):
        kind, name = self.tokens[self.at]
        if kind != "name":
            raise Unknown("a field name expected, not %r" % name)
        self.at += 1
        if not self.take("("):
            key = ESCAPED.sub(lambda m: ESCAPES.get(m.group(1), m.group(1)), name)
            select = lambda env: element(of(env), key)  # noqa: E731
            select.of, select.key = of, key
            return select
        if name in MACROS:
            return self.macro(name, of)
        arguments = self.arguments()
        if name not in METHODS:
            raise Unknown("method %s()" % name)
        method = METHODS[name]
        return lambda env: method(of(env), *[a(env) for a in arguments])

    def macro(self, name, of):
        kind, variable = self.tokens[self.at]
        if kind != "name":
            raise Unknown("a variable expected in %s()" % name)
        self.at += 1
        self.expect(",")
        body = self.ternary()
        self.expect(")")
        function = MACROS[name]

        def evaluate(env):
            items = of(env)
            if not isinstance(items, (list, dict)):
                raise Error("%s() on %r" % (name, items))
            bind = lambda item: functools.partial(body, dict(env, **{variable: item}))  # noqa: E731
            return function(list(items), bind)

        return evaluate

    def arguments(self):
        out = []
        while not self.take(")"):
            out.append(self.ternary())
            if not self.take(","):
                self.expect(")")
                break
        return out

    def primary(self):
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind in ("raw", "string"):
            return constant(unquote(kind, text))
        if kind == "int":
            return constant(int(text, 0))
        if kind == "float":
            return constant(float(text))
        if (kind, text) == ("op", "("):
            inner = self.ternary()
            self.expect(")")
            return inner
        if (kind, text) == ("op", "["):
            items = self.list()
            return lambda env: [item(env) for item in items]
        if kind == "name":
            return self.name(text)
        raise Unknown("%r is not expected here" % text)

    def list(self):
        out = []
        while not self.take("]"):
            out.append(self.ternary())
            if not self.take(","):
                self.expect("]")
                break
        return out

    def name(self, text):
        if text in ("true", "false", "null"):
            return constant({"true": True, "false": False, "null": None}[text])
        if text == "format":
            return self.format()
        if not self.take("("):
            return lambda env: variable(env, text)
        if text == "has":
            selection = self.ternary()
            self.expect(")")
            if not hasattr(selection, "key"):
                raise Unknown("has() of something else than a field")
            return lambda env: present(selection.of(env), selection.key)
        arguments = self.arguments()
        if text not in FUNCTIONS:
            raise Unknown("function %s()" % text)
        function = FUNCTIONS[text]
        return lambda env: function(*[a(env) for a in arguments])

    def format(self):
        """format.dns1123Label().validate(x): null, or a list of complaints."""
        for word in (".", "dns1123Label", "(", ")", ".", "validate", "("):
            self.expect(word)
        operand = self.ternary()
        self.expect(")")
        return lambda env: None if LABEL.fullmatch(string(operand(env))) else ["no DNS label"]


def constant(value):
    return lambda env: value


def variable(env, name):
    if name not in env:
        raise Unknown("variable %s" % name)
    return env[name]


def absorb(parts, stop):
    """a || b and a && b: one side that decides makes an error on the other side vanish."""
    failure = None
    for part in parts:
        try:
            if truth(part()) == stop:
                return stop
        except Error as error:
            failure = failure or error
    if failure:
        raise failure
    return not stop


def truth(value):
    if not isinstance(value, bool):
        raise Error("%r is no bool" % (value,))
    return value


def number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Error("%r is no number" % (value,))
    return value


def string(value):
    if not isinstance(value, str):
        raise Error("%r is no string" % (value,))
    return value


def present(of, key):
    if not isinstance(of, dict):
        raise Error("has() on %r" % (of,))
    return key in of


def element(of, key):
    if isinstance(of, dict) and key in of:
        return of[key]
    if isinstance(of, list) and isinstance(key, int) and 0 <= key < len(of):
        return of[key]
    raise Error("no such key: %r" % (key,))


def same(a, b):
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    return a == b


def apply(operator, a, b):
    if operator == "==":
        return same(a, b)
    if operator == "!=":
        return not same(a, b)
    if operator == "in":
        return any(same(a, item) for item in b) if isinstance(b, list) else a in b
    if operator in ("<", "<=", ">", ">="):
        if isinstance(a, str) != isinstance(b, str) or isinstance(a, Duration) != isinstance(b, Duration):
            raise Error("%r and %r have no order" % (a, b))
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
    if operator == "+" and type(a) is type(b) and isinstance(a, (str, list)):
        return a + b
    a, b = number(a), number(b)
    if operator in "/%" and b == 0:
        raise Error("division by zero")
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b,
            "/": lambda: int(a / b) if isinstance(a, int) else a / b,
            "%": lambda: a - b * int(a / b)}[operator]()


def exists_one(items, bind):
    return sum(1 for item in items if truth(bind(item)())) == 1


MACROS = {
    "all": lambda items, bind: absorb([bind(i) for i in items], False),
    "exists": lambda items, bind: absorb([bind(i) for i in items], True),
    "exists_one": exists_one,
    "filter": lambda items, bind: [i for i in items if truth(bind(i)())],
    "map": lambda items, bind: [bind(i)() for i in items],
}


def size(value):
    if not isinstance(value, (str, list, dict)):
        raise Error("size() of %r" % (value,))
    return len(value)


def duration(text):
    text = string(text)
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text)
    parts = DURATION.findall(rest)
    if rest == "0":
        return Duration(0)
    if not parts or "".join(n + u for n, u in parts) != rest:
        raise Error("%r is no duration" % text)
    return Duration(sign * sum(int(float(n) * UNITS[u]) for n, u in parts))


def is_ip(text):
    try:
        ipaddress.ip_address(string(text))
    except ValueError:
        return False
    return "%" not in text


def to_int(value):
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Error("no int: %r" % (value,)) from error


def substring(text, start, end=None):
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise Error("substring out of range")
    return text[start:end]


METHODS = {
    "size": size,
    "contains": lambda s, part: string(part) in string(s),
    "endsWith": lambda s, part: string(s).endswith(part),
    "startsWith": lambda s, part: string(s).startswith(part),
    "matches": lambda s, pattern: re2.search(pattern, string(s)),
    "split": lambda s, by: string(s).split(by),
    "join": lambda items, by="": by.join(items),
    "substring": substring,
    "indexOf": lambda s, part: string(s).find(part),
    "lowerAscii": lambda s: string(s).lower(),
    "upperAscii": lambda s: string(s).upper(),
    "replace": lambda s, old, new: string(s).replace(old, new),
    "trim": lambda s: string(s).strip(),
}
FUNCTIONS = {
    "size": size,
    "duration": duration,
    "isIP": is_ip,
    "int": to_int,
    "string": lambda v: str(v).lower() if isinstance(v, bool) else str(v),
}


@functools.lru_cache(None)
def compile(text):
    return Parser(text).whole()


def holds(text, value):
    """Whether a rule is true of a value; an expression without a value is not."""
    try:
        return compile(text)({"self": value}) is True
    except Error:
        return False
