"""Drives a headless Chromium over its debugging pipe, with Python's standard library alone."""

import json
import os
import shutil
import subprocess
import tempfile
import threading


class Browser:
    """A Chromium of its own, with an empty profile."""

    def __init__(self, path="chromium"):
        self.profile = tempfile.mkdtemp(prefix="lab-check-")
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()

        def place():
            # Chromium reads commands from descriptor 3 and answers on 4.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", "--no-first-run", "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.next = 0
        self.answers = {}
        self.events = []
        self.news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while True:
            piece = os.read(self.reader, 1 << 20)
            if not piece:
                break
            *messages, rest = (rest + piece).split(b"\0")
            with self.news:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self.answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self.news.notify_all()

    def send(self, method, session=None, timeout=60, **parameters):
        """The result of a command."""
        self.next += 1
        message = {"id": self.next, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        number = self.next
        with self.news:
            if not self.news.wait_for(lambda: number in self.answers, timeout):
                raise TimeoutError(f"{method} takes more than {timeout} s")
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def page(self, url, width=1400, height=900):
        """Opens a page, and waits until it is loaded."""
        return Page(self, url, width, height)

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """A page in the browser."""

    def __init__(self, browser, url, width, height):
        self.browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.resize(width, height)
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def resize(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def run(self, expression, timeout=120):
        """The value of an expression, awaited where it is a promise."""
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True, timeout=timeout)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, expression, seconds=60):
        """Waits until an expression is true."""
        self.run(
            "(async () => { const end = performance.now() + %d; while (!(%s)) {"
            " if (performance.now() > end) throw new Error(%s);"
            " await new Promise((next) => setTimeout(next, 20)); } })()"
            % (1000 * seconds, expression, json.dumps(f"{expression} is not true in time")),
            timeout=seconds + 10)

    def screenshot(self, path):
        import base64
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def _own(self, method):
        return [e["params"] for e in self.browser.events
                if e.get("sessionId") == self.session and e["method"] == method]

    def errors(self):
        """What the console and uncaught exceptions have complained about."""
        return (
            [e["exceptionDetails"].get("exception", {}).get("description", e["exceptionDetails"]["text"])
             for e in self._own("Runtime.exceptionThrown")]
            + [" ".join(str(a.get("value", a.get("description"))) for a in e["args"])
               for e in self._own("Runtime.consoleAPICalled") if e["type"] in ("error", "warning")]
            + [e["entry"]["text"] for e in self._own("Log.entryAdded")
               if e["entry"]["level"] in ("error", "warning")])

    def requests(self):
        """The addresses that the page has asked for, besides its own and what it has made itself."""
        return [e["request"]["url"] for e in self._own("Network.requestWillBeSent")
                if e.get("type") != "Document" and not e["request"]["url"].startswith(("blob:", "data:"))]
