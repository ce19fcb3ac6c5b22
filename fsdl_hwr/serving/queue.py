"""A queue that refuses: one thread works, a few jobs wait, and the next is told to come back."""

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import Any

from fsdl_hwr.serving.uploads import Refused


class BoundedQueue:
    """Runs jobs one after the other in a thread of its own, so that the event loop goes on.

    A queue without a bound accepts everything and answers nobody in time: under too much load it
    grows, and every answer is later than the last.

    room: jobs at most, the one that runs included. seconds: until a job must be done.
    """

    def __init__(self, room: int, seconds: float):
        self.room = room
        self.seconds = seconds
        self.length = 0  # jobs that wait or run
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "reader")

    async def run(self, job: Callable[..., Any], *arguments) -> Any:
        """Run a job and return what it returns.

        Raises `Refused` (503) if the queue is full, or if the job is not done in time. One that has
        not begun by then never does; one that runs keeps its place until it ends.
        """
        if self.length >= self.room:
            raise Refused(503, "The service is busy: try again in a second.")
        self.length += 1
        future = self._thread.submit(job, *arguments)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call(loop, self._leave))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError:
            raise Refused(503, "The service was not done in time: try again later.") from None

    def close(self) -> None:
        """Let the job that runs end, and drop those that wait."""
        self._thread.shutdown(cancel_futures=True)

    def _leave(self) -> None:
        self.length -= 1


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:  # the loop has closed: the service is going down
        pass
