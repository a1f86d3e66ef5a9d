"""The abstract domain: what a script's variables may hold, and what each of these does when it is called, read or written.

Where to look:
    `domain`: the kinds that all others build on, unions, arguments, and the join; `reading`: what reads a script, as values see it; `asking`:
        questions to any value
    `containers`, `lists`, `dicts`, `lazy`, `texts`, `writing`: data, and how it is written in texts
    `functions`, `bound_methods`, `classes`, `instances`, `own_mappings`, `attributes`, `fields`, `enums`, `supers`, `mro`: what the
        script defines; `undefined`
    `external`, `known_libraries`, `modules`: what it imports; `credentials`, `inputs`: what it is for AWS
    `frames`: variables and summaries; `work`: the work that values count
"""
