#!/usr/bin/env python3
"""gRPC through `serve`, with Google's library on both sides: every kind of call, over h2c and TLS, to a backend that
speaks h2c and to one that speaks TLS.

usage: grpc_client.py [WORD...]     only tests whose name holds one of the words
"""

import concurrent.futures
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from proof import GROUP, HOST, backend_tls, gateway, has, https, listener, main, same, test  # noqa: E402

if has("grpc"):
    import grpc

SERVICE = "shop.Cart"
MANY = 500
MOST = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0))


# ---- the backend: messages are bytes ----

class Cart:
    """What calls it had, and whether one of them was given up by its client."""

    def __init__(self):
        self.cancelled = threading.Event()

    def unary(self, message, call):
        given = dict(call.invocation_metadata())
        call.send_initial_metadata((("x-head", given.get("x-given", "")),))
        call.set_trailing_metadata((("x-trailer", "t"), ("x-data-bin", given.get("x-data-bin", b""))))
        if message == b"fail":
            call.abort(grpc.StatusCode.FAILED_PRECONDITION, "the cart is closed: %é\n")
        return message.upper()

    def slow(self, message, call):
        gone = threading.Event()
        call.add_callback(lambda: (gone.set(), self.cancelled.set()))
        gone.wait(20)
        return message

    def counts(self, message, _):
        for i in range(int(message)):
            yield b"%d" % i

    def sums(self, messages, _):
        return b"%d" % sum(len(m) for m in messages)

    def talks(self, messages, call):
        call.set_trailing_metadata((("x-trailer", "t"),))
        for message in messages:
            yield message[::-1]

    def handlers(self):
        return grpc.method_handlers_generic_handler(SERVICE, {
            "Unary": grpc.unary_unary_rpc_method_handler(self.unary),
            "Slow": grpc.unary_unary_rpc_method_handler(self.slow),
            "Counts": grpc.unary_stream_rpc_method_handler(self.counts),
            "Sums": grpc.stream_unary_rpc_method_handler(self.sums),
            "Talks": grpc.stream_stream_rpc_method_handler(self.talks)})


def backend(world, cart, secured, *options):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(32), options=MOST + options)
    server.add_generic_rpc_handlers((cart.handlers(),))
    if secured:
        pair = [(world.read("inner.key").encode(), world.read("inner.crt").encode())]
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(pair))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    world.closers.append(lambda: server.stop(None))
    return port


def routes(*services):
    return [{"apiVersion": GROUP + "v1", "kind": "GRPCRoute", "metadata": {"name": name, "namespace": "web"},
             "spec": {"parentRefs": [{"name": "gw"}], "hostnames": [name + ".example.com"],
                      "rules": [{"backendRefs": [{"name": name, "port": 80}]}]}} for name in services]


class Way:
    """A channel through the proxy: over TLS or not, to a backend over TLS or not."""

    def __init__(self, world, client_tls, backend_is_tls, *options):
        self.cart = Cart()
        world.certify("ca", None)
        world.certify("own", ["*.example.com"], "ca")
        world.certify("inner", ["inner.test"], "ca")
        port = backend(world, self.cart, backend_is_tls, *options)
        more = [backend_tls("shop", "inner.test", "ca"), world.authority("ca")] if backend_is_tls else []
        world.start(gateway(https(), listener()), world.secret("own"), *routes("shop"), *more, backends={"shop": port})
        options = MOST + (("grpc.default_authority", HOST), ("grpc.ssl_target_name_override", HOST))
        if client_tls:
            self.channel = grpc.secure_channel("127.0.0.1:%d" % world.port(443),
                                               grpc.ssl_channel_credentials(world.read("ca.crt").encode()), options)
        else:
            self.channel = grpc.insecure_channel("127.0.0.1:%d" % world.port(), options)
        world.closers.insert(0, self.channel.close)

    def unary(self, name):
        return self.channel.unary_unary("/%s/%s" % (SERVICE, name))

    def every_kind(self):
        same(self.unary("Unary")(b"hello", timeout=20), b"HELLO")
        got = list(self.channel.unary_stream("/%s/Counts" % SERVICE)(b"%d" % MANY, timeout=20))
        same(got, [b"%d" % i for i in range(MANY)], "a stream of answers")
        sums = self.channel.stream_unary("/%s/Sums" % SERVICE)
        same(sums(iter([b"x" * 1000] * MANY), timeout=20), b"%d" % (1000 * MANY), "a stream of requests")
        self.talk_in_turns()
        large = os.urandom(3_000_000)
        same(self.unary("Unary")(large, timeout=20) == large.upper(), True, "3 MB there and back")

    def talk_in_turns(self):
        """Each message is sent when the answer to the one before is there: nothing may wait in the proxy."""
        turn = threading.Semaphore(1)

        def messages():
            for i in range(50):
                turn.acquire()
                yield b"message %d" % i
        call = self.channel.stream_stream("/%s/Talks" % SERVICE)(messages(), timeout=20)
        for i, message in enumerate(call):
            same(message, (b"message %d" % i)[::-1])
            turn.release()
        same(dict(call.trailing_metadata())["x-trailer"], "t")


def code(call):
    """What a call ends with."""
    try:
        call()
        return grpc.StatusCode.OK
    except grpc.RpcError as error:
        return error.code()


def every_way(client_tls, backend_is_tls):
    def run(world):
        Way(world, client_tls, backend_is_tls).every_kind()
    run.__name__ = "grpc_%s_to_%s" % ("tls" if client_tls else "h2c", "tls" if backend_is_tls else "h2c")
    test("grpc", "openssl")(run)


for client in (False, True):
    for server in (False, True):
        every_way(client, server)


# ---- what goes along ----

@test("grpc", "openssl")
def grpc_metadata_and_trailers(world):
    way = Way(world, False, False)
    _, call = way.unary("Unary").with_call(b"x", timeout=20, metadata=(("x-given", "a b"), ("x-data-bin", b"\0\1\xff")))
    same(dict(call.initial_metadata())["x-head"], "a b")
    trailers = dict(call.trailing_metadata())
    same((trailers["x-trailer"], trailers["x-data-bin"]), ("t", b"\0\1\xff"))


@test("grpc", "openssl")
def grpc_errors_arrive(world):
    way = Way(world, True, False)
    try:
        way.unary("Unary")(b"fail", timeout=20)
        raise AssertionError("no error")
    except grpc.RpcError as error:
        same((error.code(), error.details()), (grpc.StatusCode.FAILED_PRECONDITION, "the cart is closed: %é\n"))
    same(code(lambda: way.channel.unary_unary("/shop.Cart/Nothing")(b"", timeout=20)), grpc.StatusCode.UNIMPLEMENTED)


@test("grpc", "openssl")
def grpc_deadlines_and_cancellation(world):
    way = Way(world, False, False)
    started = time.monotonic()
    same(code(lambda: way.unary("Slow")(b"x", timeout=0.3)), grpc.StatusCode.DEADLINE_EXCEEDED)
    assert time.monotonic() - started < 10, "the deadline took too long"
    same(way.cart.cancelled.wait(10), True, "the backend hears of the deadline")
    way.cart.cancelled.clear()
    call = way.unary("Slow").future(b"x", timeout=20)
    time.sleep(0.2)
    call.cancel()
    same(way.cart.cancelled.wait(10), True, "the backend hears of the cancellation")
    same(way.unary("Unary")(b"still", timeout=20), b"STILL")


@test("grpc", "openssl")
def grpc_calls_at_the_same_time(world):
    way = Way(world, True, True)
    calls = [way.unary("Unary").future(b"call %d" % i, timeout=30) for i in range(300)]
    same([c.result() for c in calls], [b"CALL %d" % i for i in range(300)])


@test("grpc", "openssl")
def grpc_backends_with_few_streams(world):
    """More calls at once than a connection of the backend takes, before it has said how many that are."""
    way = Way(world, False, False, ("grpc.max_concurrent_streams", 4))
    calls = [way.unary("Unary").future(b"call %d" % i, timeout=30) for i in range(90)]
    same([c.result() for c in calls], [b"CALL %d" % i for i in range(90)])


@test("grpc")
def grpc_answers_of_the_proxy(world):
    """A backend that is not there, and a route that is not, in words that a gRPC client understands."""
    world.start(gateway(), *routes("shop", "gone"), backends={"gone": 1}, flags=["--backend-status=503"])
    at = "127.0.0.1:%d" % world.port()
    for host, wanted in (("gone.example.com", grpc.StatusCode.UNAVAILABLE), (HOST, grpc.StatusCode.UNAVAILABLE),
                         ("other.example.com", grpc.StatusCode.UNIMPLEMENTED)):
        with grpc.insecure_channel(at, (("grpc.default_authority", host),)) as channel:
            same(code(lambda: channel.unary_unary("/a.B/C")(b"", timeout=20)), wanted, host)


@test("grpc", "openssl")
def grpc_survives_reloads(world):
    way = Way(world, False, False)
    gate = threading.Event()

    def messages():
        yield b"one"
        gate.wait(20)
        yield b"two"
    call = way.channel.stream_stream("/%s/Talks" % SERVICE)(messages(), timeout=30)
    same(next(call), b"eno")
    world.serve.reload()
    same(way.unary("Unary")(b"new", timeout=20), b"NEW")
    gate.set()
    same(list(call), [b"owt"])


if __name__ == "__main__":
    main("grpc", sys.argv[1:])
