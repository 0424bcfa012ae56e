"""The templates of ci-templates/, as far as they can be tested without the services: what they are made of,
their shell parts, and the problem matcher on real output.

usage: ci_templates.py
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import program  # noqa: E402
from tally import Tally  # noqa: E402

TEMPLATES = os.path.join(program.ROOT, "ci-templates")


def load(*parts):
    with open(os.path.join(TEMPLATES, *parts), encoding="utf-8") as file:
        return yaml.safe_load(file) if parts[-1].endswith(".yml") else json.load(file)


def workplace(home):
    """A repository with the example in it, and the program on the path."""
    shutil.copytree(os.path.join(program.ROOT, "examples"), os.path.join(home, "examples"))
    os.makedirs(os.path.join(home, ".git"))
    os.makedirs(os.path.join(home, "bin"))
    os.symlink(program.binary(), os.path.join(home, "bin", "ingress2gw"))


def shell(home, words, **variables):
    environment = dict(program.ENVIRONMENT, PATH="%s/bin:%s" % (home, os.environ["PATH"]), **variables)
    return subprocess.run(words, cwd=home, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)


def read(home, name):
    with open(os.path.join(home, name), encoding="utf-8") as file:
        return file.read()


# ---- GitHub ----

def test_action_file(tally):
    action = load("github", "action.yml")
    steps = action["runs"]["steps"]
    tally.check("a composite action", action["runs"]["using"] == "composite")
    tally.check("every step has a shell", all("shell" in step for step in steps if "run" in step))
    for step in steps:
        tally.check("no input in the text of a command", "${{" not in step.get("run", ""), step.get("run"))
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(steps)))
    tally.check("every input is used, and no other", used == set(action["inputs"]),
                "%s, %s" % (sorted(used), sorted(action["inputs"])))
    given = set(steps[0]["env"])
    with open(os.path.join(TEMPLATES, "github", "lint.sh"), encoding="utf-8") as file:
        script = file.read()
    known = set(re.findall(r"\$\{(I2G_[A-Z_]+):?-", script))
    tally.check("the script reads what the action sets", known == given,
                "%s, %s" % (sorted(known), sorted(given)))


def lint_step(home, **inputs):
    action = load("github", "action.yml")
    step = action["runs"]["steps"][0]
    defaults = {key: action["inputs"][value[len("${{ inputs."):-len(" }}")]]["default"]
                for key, value in step["env"].items()}
    variables = dict(defaults, GITHUB_ACTION_PATH=os.path.join(TEMPLATES, "github"),
                     GITHUB_STEP_SUMMARY=os.path.join(home, "summary"),
                     GITHUB_OUTPUT=os.path.join(home, "output"),
                     **dict({"I2G_PROGRAM": "ingress2gw"}, **inputs))
    for name in ("summary", "output", "ingress2gw.sarif"):
        if os.path.exists(os.path.join(home, name)):
            os.remove(os.path.join(home, name))
    return shell(home, ["bash", "-c", step["run"]], **variables)


def test_action(tally):
    with tempfile.TemporaryDirectory() as home:
        workplace(home)
        done = lint_step(home, I2G_PATHS="examples/shop\n", I2G_HTML="page.html")
        out = done.stdout.decode()
        tally.check("findings end it with status 1", done.returncode == 1, done.stderr.decode())
        tally.check("annotations", out.startswith("::error file=examples/shop/admin.yaml,line=8,"), out[:200])
        tally.check("the step summary", read(home, "summary").startswith("### ingress2gw"))
        tally.check("outputs", read(home, "output") == "status=1\nsarif=ingress2gw.sarif\n",
                    read(home, "output"))
        tally.check("SARIF", json.loads(read(home, "ingress2gw.sarif"))["version"] == "2.1.0")
        tally.check("the page", read(home, "page.html").startswith("<!doctype html>"))
        done = lint_step(home, I2G_PATHS="examples/shop", I2G_FAIL_ON="never")
        tally.check("fail-on", done.returncode == 0, done.stderr.decode())
        done = lint_step(home, I2G_PATHS="nowhere")
        tally.check("an unreadable path ends it with status 2", done.returncode == 2, done.stderr.decode())
        evil = "$(touch pwned)\n; touch pwned #\n`touch pwned`\n--output=json=pwned"
        lint_step(home, I2G_PATHS=evil, I2G_ARGS="--severity=$(touch pwned)", I2G_BASELINE=";touch pwned")
        tally.check("inputs are no commands", not os.path.exists(os.path.join(home, "pwned")))
        done = lint_step(home, I2G_PATHS="examples/shop", I2G_ARGS="--ignore=I2G302\n--ignore=I2G4")
        tally.check("more flags", done.returncode == 0, done.stderr.decode())


# ---- GitLab ----

def test_gitlab(tally):
    template = load("gitlab", "ingress2gw.gitlab-ci.yml")
    job = template[".ingress2gw"]
    tally.check("the job extends it", template["ingress2gw"] == {"extends": ".ingress2gw"})
    with tempfile.TemporaryDirectory() as home:
        workplace(home)
        script = "set -e\n" + "\n".join(job["script"])  # as the runner joins them
        done = shell(home, ["sh", "-c", script], INGRESS2GW_PATHS="examples/shop")
        tally.check("findings fail the job", done.returncode == 1, done.stderr.decode())
        tally.check("the log is for people", b"error[I2G302]" in done.stdout, done.stdout.decode()[:300])
        reports = job["artifacts"]["reports"]
        quality = json.loads(read(home, reports["codequality"]))
        tally.check("code quality", quality[0]["location"]["path"] == "examples/shop/admin.yaml", str(quality[0]))
        tally.check("JUnit", "<testsuites" in read(home, reports["junit"]))
        for path in job["artifacts"]["paths"]:
            tally.check("artifact " + path, os.path.exists(os.path.join(home, path)))
        done = shell(home, ["sh", "-c", script], INGRESS2GW_PATHS="examples/shop",
                     INGRESS2GW_FAIL_ON="never")
        tally.check("its variables are the program's", done.returncode == 0, done.stderr.decode())


# ---- problem matcher ----

NODE = """
const matcher = JSON.parse(require("fs").readFileSync(process.argv[1]));
const patterns = matcher.problemMatcher.map((one) => [one, new RegExp(one.pattern[0].regexp)]);
for (const line of require("fs").readFileSync(0, "utf8").split("\\n"))
    for (const [one, regexp] of patterns) {
        const found = regexp.exec(line), pattern = one.pattern[0];
        if (found)
            console.log(JSON.stringify([found[pattern.file], Number(found[pattern.line]), Number(found[pattern.column]),
                pattern.severity ? found[pattern.severity] : one.severity, found[pattern.message], found[pattern.code]]));
    }
"""


def matches_in_python(text):
    rows = []
    for line in text.split("\n"):
        for one in load("problem-matcher.json")["problemMatcher"]:
            pattern = one["pattern"][0]
            found = re.search(pattern["regexp"], line)
            if found:
                severity = found[pattern["severity"]] if "severity" in pattern else one["severity"]
                rows.append([found[pattern["file"]], int(found[pattern["line"]]), int(found[pattern["column"]]),
                             severity, found[pattern["message"]], found[pattern["code"]]])
    return rows


def test_matcher(tally):
    owners = [one["owner"] for one in load("problem-matcher.json")["problemMatcher"]]
    tally.check("owners are unique", len(set(owners)) == len(owners))
    files = sorted(glob.glob(os.path.join(program.ROOT, "testdata", "ingress-nginx", "*", "in.yaml")))[:60]
    files = [os.path.relpath(path, program.ROOT) for path in files]
    text = program.run(["lint", "-q", "-o", "concise"] + files, cwd=program.ROOT).out.decode()
    report = json.loads(program.run(["lint", "-q", "-o", "json"] + files, cwd=program.ROOT).out)
    severity = {"info": "notice"}
    expected = [[f["file"], f["line"], f["column"], severity.get(f["severity"], f["severity"]), f["message"],
                 f["code"]] for f in report["findings"] if "file" in f]
    tally.check("there is something to read", len(expected) > 50, str(len(expected)))
    tally.check("the matcher reads every finding that has a place", matches_in_python(text) == expected,
                "%d of %d" % (len(matches_in_python(text)), len(expected)))
    if not shutil.which("node"):
        tally.skip("the matcher in JavaScript", "there is no node here")
        return
    done = subprocess.run(["node", "-e", NODE, os.path.join(TEMPLATES, "problem-matcher.json")],
                          input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    got = [json.loads(line) for line in done.stdout.decode().splitlines()]
    tally.check("and so in JavaScript", got == expected, done.stderr.decode())


def main():
    tally = Tally("ci-templates")
    test_action_file(tally)
    test_action(tally)
    test_gitlab(tally)
    test_matcher(tally)
    tally.finish()


main()
