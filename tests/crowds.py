"""Threads that come to a queue while the first of them is held up in the middle of its transaction."""

from threading import Event, Thread


class Crowd:
    """Who carries what through a queue (Shared, Together), and the errors they got, by name."""

    def __init__(self, queue):
        self.queue = queue
        self.errors, self.threads = {}, []
        self.inside, self.go_on = Event(), Event()

    def begin(self, name, *what):
        """The first; it calls ``hold_up`` inside its transaction."""
        self._start(name, what)
        assert self.inside.wait(10)

    def hold_up(self, _):
        self.inside.set()
        assert self.go_on.wait(10)

    def add(self, name, *what):
        """One more, who stands in the queue when this returns."""
        before = self._waiting()
        self._start(name, what)
        while self._waiting() == before:
            pass

    def end(self):
        self.go_on.set()
        for thread in self.threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self.threads)

    def _waiting(self):
        return len(self.queue._queue._waiting)

    def _start(self, name, what):
        def carry():
            try:
                self.queue.carry(*what)
            except BaseException as error:  # noqa: BLE001 - told to the test
                self.errors[name] = error

        self.threads.append(Thread(target=carry))
        self.threads[-1].start()
