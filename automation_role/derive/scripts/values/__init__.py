"""The abstract domain: what a script's variables may hold, and what each of these does when it is called, read or written.

Where to look:
    `thing`: the kind that all others build on, and unknown values; `asking`: questions to any value; `unions`: one of several values, and the
        join; `arguments`: of a call; `reading`: what reads a script, as values see it
    `containers`, `lists`, `dicts`, `lazy`, `strings`, `texts`, `writing`, `plain`: data, and how it is written in texts
    `functions`, `bound_methods`, `classes`, `instances`, `own_mappings`, `attributes`, `fields`, `enums`, `supers`, `mro`: what the
        script defines; `undefined`
    `external`, `known_libraries`, `modules`: what it imports; `credentials`, `inputs`: what it is for AWS
    `scalars`: texts, numbers and `None` as things, for whoever asks them what every value is asked
    `frames`: variables and summaries; `work`: the work that values count
"""
