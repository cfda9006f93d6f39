"""Long work that the service is asked for: who runs it, and what each kind of it does.

    running    workers: lease a task, have it run, say how far it is, end it
    apart      processes in which tasks run
    hand       such a process's side of it: does what a kind of task says
    sweeping   deletes what is over
    proxies    small pictures of both files for the page, made while somebody waits
    tracing    the kind "trace": a clip to an answer and its pages

Everything a task makes lies in its own folder, so that forgetting it is deleting that.
"""
