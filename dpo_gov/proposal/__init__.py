"""A proposal: from a person's YAML to checked texts and calldata, and back into words.

    source, model     proposal.yaml, read safely and typed: ProposalSpec
    resolve           its values in stored units, both sides: Resolved
    checks            one question a file, one list: CHECKS, run_checks
    evidence          what is quoted from report.json, and its hash
    actions, abi      calldata, ids, and calldata in words
    bundle, safe      calldata.json and safe-batch.json
    render            description, forum post and the files above, byte for byte the same
    folder            the folder's files, written all or none

Modules are imported by their own names, so that decoding a call does not load templates.
"""
