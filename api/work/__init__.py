"""Long work that the service is asked for: who runs it, and what each kind of it does.

    running    workers: lease a task, have it run, say how far it is, end it
    apart      processes in which tasks run
    hand       such a process's side of it: does what a kind of task says
    sweeping   deletes what is over
    proxies    small pictures of both files for the page, made while somebody waits
    tracing    the kind "trace": a clip to an answer and its pages
    parcels    the kinds "bundle" and "pdf": what is taken away of a trace
    judging    what people say of findings, as reports tell it
    ingesting  the kind "ingest": a folder into the archive
    watching   the kind "watch": a clip waits for what explains the rest of it
    announcing what has ended or arrived, as messages to hooks
    delivering sends these until they are taken

Everything a task makes lies in its own folder, so that forgetting it is deleting that.
"""
