"""A batch on a Ray cluster: every worker process goes through a part of the plan, as a run on one machine would.

The workers need the same folders under the same names (a network file system), the model file, and the program
installed. Each keeps a journal of its own beside the others, so what was done is known to all later runs.
"""

import importlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.errors import MattingError
from core.memory_plan import Limit
from matting_studio.app.batch.network import Network
from matting_studio.app.batch.plan import Plan
from matting_studio.app.batch.rows import Event, Row, RowChanged
from matting_studio.app.batch.run import BatchRun
from matting_studio.app.batch.workplace import Workplace
from matting_studio.app.paths_to_open import absolute

log = logging.getLogger(__name__)

LOCAL = "local"
_ASK_AGAIN_SECONDS = 0.2


class ClusterError(MattingError):
    """There is no cluster to work on."""


@dataclass(frozen=True)
class News:
    """What happened on a worker since it was last asked."""

    events: tuple[Event, ...]
    ended: bool
    trouble: str | None


class Worker:
    """Lives in a process of its own, somewhere on the cluster."""

    def __init__(self, plan: Plan, name: str, network: Network, threads: int | None, limit: Limit | None) -> None:
        self._events: deque[Event] = deque()
        self._place = Workplace(plan.output, name)
        self._run = BatchRun(
            plan,
            self._place,
            lambda: network.load(plan.model),
            workers=threads,
            limit=limit,
            listener=self._events.append,
        )
        self._run.start()

    def news(self) -> News:
        ended = self._run.wait(0)
        if ended:
            self._place.close()
        # One by one: the run's threads add to them meanwhile.
        events = tuple(self._events.popleft() for _ in range(len(self._events)))
        return News(events, ended, self._run.trouble)

    def stop(self) -> None:
        self._run.stop()


def find_ray() -> Any:
    """The module. Raises ClusterError where Ray is not installed."""
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise ClusterError(
            "Ray is not installed. Install it with: pip install 'matting-studio[ray]', or leave out --ray."
        ) from error


class ClusterRun:
    """Like a `BatchRun`, as far as a command line needs it."""

    def __init__(
        self,
        plan: Plan,
        place: Workplace,
        network: Network,
        *,
        address: str,
        workers: int | None,
        limit: Limit | None,
        listener: Callable[[Event], None],
    ) -> None:
        """
        Args:
            plan: its folders are found by the same names on all machines.
            place: the output folder's; its lock keeps other runs away.
            network: which model, where.
            address: as Ray takes it, or `local` for worker processes on this machine alone.
            workers: how many; None: one for each GPU of the cluster, or else one for each machine.
            limit: what each of the workers may hold.
            listener: told of every row that changes, on a thread of the run.

        Raises ClusterError where Ray is not installed.
        """
        self._ray = find_ray()
        # A worker begins in a folder of its own.
        self._plan, self._network = (
            _from_the_root(plan),
            replace(network, model=network.model and absolute(network.model)),
        )
        self._address, self._workers = address, workers
        self._limit, self._listener = limit, listener
        idle = BatchRun(self._plan, place, _never)
        self._rows = {row.name: row for row in idle.rows()}
        self._stop = threading.Event()
        self._ended = threading.Event()
        self.trouble: str | None = None

    def start(self) -> None:
        threading.Thread(target=self._conduct, name="batch on a cluster", daemon=True).start()

    def stop(self) -> None:
        """Every worker finishes what it has in hand."""
        self._stop.set()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        return self._ended.wait(timeout_seconds)

    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows.values())

    def _conduct(self) -> None:
        try:
            if self._plan.to_do:
                self._join()
                self._work()
        except Exception as error:
            # Ray raises errors of many kinds, and a run must end with a sentence.
            log.exception("The Ray cluster %s failed", self._address)
            self.trouble = f"The Ray cluster {self._address} failed ({type(error).__name__}: {_last_line(error)})."
        finally:
            self._ray.shutdown()
            self._ended.set()

    def _join(self) -> None:
        if self._address == LOCAL:
            self._ray.init(num_cpus=self._workers or 1, include_dashboard=False, log_to_driver=False)
        else:
            self._ray.init(self._address, log_to_driver=False)

    def _work(self) -> None:
        gpus = int(self._ray.cluster_resources().get("GPU", 0))
        machines = sum(node["Alive"] for node in self._ray.nodes())
        count = min(self._workers or gpus or machines, len(self._plan.to_do))
        actor = self._ray.remote(num_cpus=1, num_gpus=1 if gpus else 0)(Worker)
        # On one machine the workers share its cores.
        threads = 1 if self._address == LOCAL else None
        names = [task.name for task in self._plan.to_do]
        workers = [
            actor.remote(
                self._plan.only(set(names[i::count])), f"journal-ray-{i + 1}", self._network, threads, self._limit
            )
            for i in range(count)
        ]
        asked = {worker: worker.news.remote() for worker in workers}
        # One without a free GPU or processor begins when another one has ended and is let go, or never: its answer is
        # not waited for.
        not_begun = set(workers)
        del workers
        stopping = False
        while asked:
            answers = list(asked.values())
            answered, _ = self._ray.wait(answers, num_returns=len(answers), timeout=0)
            for worker, answer in tuple(asked.items()):
                if answer in answered:
                    not_begun.discard(worker)
                    if self._goes_on(answer):
                        asked[worker] = worker.news.remote()
                    else:
                        del asked[worker]
            if self._stop.is_set() and not stopping:
                stopping = True
                for worker in tuple(asked):
                    if worker in not_begun:
                        self._ray.kill(worker)
                        del asked[worker]
                    else:
                        worker.stop.remote()
            time.sleep(_ASK_AGAIN_SECONDS)

    def _goes_on(self, answer: Any) -> bool:
        """Tell what a worker has answered; False where it has ended or was lost."""
        try:
            news: News = self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            self._lost(error)
            return False
        self._tell(news)
        return not news.ended

    def _tell(self, news: News) -> None:
        self.trouble = self.trouble or news.trouble
        for event in news.events:
            if isinstance(event, RowChanged):
                self._rows[event.row.name] = event.row
                self._listener(event)

    def _lost(self, error: Exception) -> None:
        self.trouble = self.trouble or (
            f"A worker of the cluster was lost ({_last_line(error)}). Start again to do what it left."
        )


def _from_the_root(plan: Plan) -> Plan:
    """With absolute paths."""
    tasks = (replace(task, item=replace(task.item, path=absolute(task.item.path))) for task in plan.tasks)
    return replace(plan, output=absolute(plan.output), tasks=tuple(tasks))


def _never() -> Any:
    raise ClusterError("The network runs on the workers.")


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[-1]
