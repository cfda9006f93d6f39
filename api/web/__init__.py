"""The service: an API that programs call and pages that people open, on one port.

    app        puts it together
    service    what every request is given: archive, desk, workers, settings, who asks
    gate/      what each request passes first: keys, rates, ids, the audit log, headers
    problems   errors as RFC 9457 problems, and as pages
    meanings   what each of them means
    routes/    the API under /v1, one module for each thing there is
    pages/     what people open, rendered by templates/ with static/

docs/service.md tells what it offers.
"""
