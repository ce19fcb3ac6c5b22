"""A queue with a bound: who is served, who is told to come back, and when a place is free again."""

import asyncio
import threading

import pytest
import small

from fsdl_hwr.serving.queue import BoundedQueue
from fsdl_hwr.serving.uploads import Refused


def test_jobs_run_in_turn_and_the_next_is_refused():
    async def scenario():
        queue, gate, order = BoundedQueue(2, 5.0), threading.Event(), []
        first = asyncio.create_task(queue.run(lambda: (gate.wait(5), order.append(1))))
        second = asyncio.create_task(queue.run(order.append, 2))
        await asyncio.sleep(0.05)
        with pytest.raises(Refused, match="busy") as caught:
            await queue.run(order.append, 3)
        assert caught.value.status == 503 and queue.length == 2
        gate.set()
        await asyncio.gather(first, second)
        await asyncio.sleep(0.05)
        assert order == [1, 2] and queue.length == 0
        queue.close()

    small.run_async(scenario())


def test_a_job_that_is_late_is_given_up_and_keeps_its_place_while_it_runs():
    async def scenario():
        queue, gate, order = BoundedQueue(4, 0.1), threading.Event(), []
        running = asyncio.create_task(queue.run(gate.wait, 5))
        waiting = asyncio.create_task(queue.run(order.append, 1))
        for task in (running, waiting):
            with pytest.raises(Refused, match="in time"):
                await task
        await asyncio.sleep(0.05)
        assert queue.length == 1  # the thread is busy with it still
        gate.set()
        await asyncio.sleep(0.1)
        assert queue.length == 0 and order == []  # the other was never begun
        queue.close()

    small.run_async(scenario())


def test_an_error_of_a_job_is_the_callers():
    async def scenario():
        queue = BoundedQueue(1, 1.0)
        with pytest.raises(ZeroDivisionError):
            await queue.run(lambda: 1 / 0)
        await asyncio.sleep(0.05)
        assert queue.length == 0
        queue.close()

    small.run_async(scenario())
