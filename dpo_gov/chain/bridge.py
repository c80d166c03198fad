"""A chain of ours as a web3.py object, for programs and tests that speak web3.py."""

from __future__ import annotations

from typing import Any, cast

from web3 import Web3
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from dpo_gov.chain.transport import HttpTransport, RpcRefused, Transport


class _Provider(BaseProvider):
    """Carries web3's requests to a node in this process."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One request; the node's error is an answer here, as web3 expects."""
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": 1}
        try:
            answer["result"] = self._transport.request(str(method), list(params))
        except RpcRefused as error:
            answer["error"] = {"code": error.code, "message": error.message, "data": error.data}
        return cast(RPCResponse, answer)

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002 - web3's signature
        """It is in this process."""
        return True


def web3_of(transport: Transport) -> Web3:
    """A web3.py object over the transport."""
    if isinstance(transport, HttpTransport):
        return Web3(transport.provider)
    return Web3(_Provider(transport))
