"""A chain of ours as a web3.py object, for programs and tests that speak web3.py."""

from __future__ import annotations

import json
from typing import Any, cast

from web3 import Web3
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from dpo_gov.chain.transport import RpcRefused, Transport


class _Provider(BaseProvider):
    """Carries web3's requests the way that ours go."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One request; the node's error is an answer here, as web3 expects."""
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": 1}
        try:
            # As JSON has them: web3 leaves bytes among the parameters.
            plain = json.loads(Web3.to_json({"params": list(params)}))["params"]
            answer["result"] = self._transport.request(str(method), plain)
        except RpcRefused as error:
            answer["error"] = {"code": error.code, "message": error.message, "data": error.data}
        return cast(RPCResponse, answer)

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002 - web3's signature
        """Whether it is shows with the next request."""
        return True


def web3_of(transport: Transport) -> Web3:
    """A web3.py object over the transport."""
    return Web3(_Provider(transport))
