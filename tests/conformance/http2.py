"""HTTP/2 for the tests, on top of the h2 library of Python: one request a connection, or a backend."""

import struct

import h2.config
import h2.connection
import h2.events


class Answer:
    def __init__(self):
        self.status, self.headers, self.trailers, self.body = None, [], [], b""

    def get(self, name):
        values = [v for n, v in self.headers + self.trailers if n.lower() == name.lower()]
        return ",".join(values) if values else None


def texts(headers):
    return [tuple(x.decode() if isinstance(x, bytes) else x for x in h) for h in headers]


class Client:
    """Requests on one connection."""

    def __init__(self, sock):
        self.socket = sock
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding=None))
        self.h2.initiate_connection()
        self.flush()
        self.answers, self.ended = {}, {}

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.socket.sendall(data)

    def start(self, method, path, authority, headers=(), body=None, scheme="http", end=True):
        stream = self.h2.get_next_available_stream_id()
        fields = [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)]
        fields += [(n.lower(), v) for n, v in headers]
        self.answers[stream], self.ended[stream] = Answer(), None
        self.h2.send_headers(stream, fields, end_stream=body is None and end)
        if body is not None:
            self.send(stream, body, end)
        self.flush()
        return stream

    def send(self, stream, body, end=True):
        while body:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if not room:
                self.flush()
                self.take()
                continue
            part, body = body[:room], body[room:]
            self.h2.send_data(stream, part, end_stream=end and not body)
        if end and body == b"" and not self.h2.streams[stream].state_machine.stream_closed_by \
                and self.h2.streams[stream].state_machine.state.name in ("OPEN", "HALF_CLOSED_REMOTE"):
            self.h2.end_stream(stream)
        self.flush()

    def take(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the connection ended")
        for event in self.h2.receive_data(data):
            self.event(event)
        self.flush()

    def event(self, event):
        answer = self.answers.get(getattr(event, "stream_id", None))
        if isinstance(event, h2.events.ResponseReceived):
            fields = texts(event.headers)
            answer.status = int(dict(fields)[":status"])
            answer.headers = [f for f in fields if not f[0].startswith(":")]
        elif isinstance(event, h2.events.DataReceived):
            answer.body += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.TrailersReceived):
            answer.trailers = texts(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            self.ended[event.stream_id] = "ended"
        elif isinstance(event, h2.events.StreamReset):
            self.ended[event.stream_id] = "reset %d" % event.error_code
        elif isinstance(event, h2.events.ConnectionTerminated):
            for stream, state in self.ended.items():
                if not state and stream > event.last_stream_id:
                    self.ended[stream] = "goaway"

    def wait(self, stream):
        while not self.ended[stream]:
            self.take()
        if self.ended[stream] != "ended":
            raise EOFError("the stream ended: " + self.ended[stream])
        return self.answers[stream]

    def ask(self, *args, **how):
        return self.wait(self.start(*args, **how))


def message(data):
    """A gRPC message in its frame."""
    return struct.pack(">BI", 0, len(data)) + data


class Server:
    """The backend's side of a connection: `answer(headers, body)` gives (headers, body, trailers)."""

    def __init__(self, sock, answer):
        self.socket, self.answer = sock, answer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding=None))
        self.requests, self.waiting = {}, {}

    def run(self):
        self.h2.initiate_connection()
        self.socket.sendall(self.h2.data_to_send())
        while True:
            data = self.socket.recv(65536)
            if not data:
                return
            for event in self.h2.receive_data(data):
                self.event(event)
            for stream in list(self.waiting):
                self.send(stream)
            self.socket.sendall(self.h2.data_to_send())

    def send(self, stream):
        """As much as the windows allow."""
        body, trailers = self.waiting.pop(stream)
        while True:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if body and not room:
                self.waiting[stream] = body, trailers
                return
            self.h2.send_data(stream, body[:room], end_stream=not trailers and len(body) <= room)
            body = body[room:]
            if not body:
                break
        if trailers:
            self.h2.send_headers(stream, trailers, end_stream=True)

    def event(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.requests[event.stream_id] = [texts(event.headers), b""]
        elif isinstance(event, h2.events.DataReceived):
            self.requests[event.stream_id][1] += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            headers, body, trailers = self.answer(*self.requests.pop(event.stream_id))
            self.h2.send_headers(event.stream_id, headers)
            self.waiting[event.stream_id] = body, trailers
        elif isinstance(event, h2.events.StreamReset):
            self.requests.pop(event.stream_id, None)
            self.waiting.pop(event.stream_id, None)
