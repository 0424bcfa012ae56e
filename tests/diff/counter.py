"""A server that notes when requests reach it. Its clock is the caller's, so that the time between the start of a
client and the last request is known; delays of any kind only make it longer."""

import http.server
import threading
import time


class Counter:
    """Leave the `with` to stop it. `answers` False: it reads each request and hangs up. `delay`: seconds until then."""

    def __init__(self, answers=True, body=b"ok", delay=0.0):
        self.times = []
        counter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one piece: nobody waits for an acknowledgement between them

            def do_GET(self):
                counter.times.append(time.monotonic())
                time.sleep(delay)
                if not answers:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port
