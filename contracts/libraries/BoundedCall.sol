// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Calls to contracts that may be hostile
/// @notice What a callee returns is copied only as far as it was expected: returning megabytes costs the callee.
library BoundedCall {
    /// @notice A call with this much gas. The caller has seen to it that 63/64 of what is left are enough.
    /// @return ok Whether it succeeded.
    /// @return reason The first four bytes of what a failed call returned, or zero.
    function tryCall(address target, uint256 gasLimit, bytes memory data)
        internal
        returns (bool ok, bytes4 reason)
    {
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(data, 32), mload(data), 0, 0)
            if iszero(or(ok, lt(returndatasize(), 4))) {
                mstore(0, 0)
                returndatacopy(0, 0, 4)
                reason := mload(0)
            }
        }
    }

    /// @notice The same for calls that answer yes or no.
    /// @return yes Whether it succeeded and answered nothing, or true in its first word.
    function tryTrue(address target, uint256 gasLimit, bytes memory data)
        internal
        returns (bool yes)
    {
        assembly ("memory-safe") {
            mstore(0, 0)
            yes := call(gasLimit, target, 0, add(data, 32), mload(data), 0, 32)
            yes := and(yes, or(iszero(returndatasize()), eq(mload(0), 1)))
        }
    }

    /// @notice A call with the gas that is left. A failure is passed on, four bytes of it.
    function callOrRevert(address target, bytes calldata data) internal {
        assembly ("memory-safe") {
            let copy := mload(0x40)
            calldatacopy(copy, data.offset, data.length)
            if iszero(call(gas(), target, 0, copy, data.length, 0, 0)) {
                let size := returndatasize()
                if gt(size, 4) { size := 4 }
                returndatacopy(0, 0, size)
                revert(0, size)
            }
        }
    }

    /// @notice Asks a view without arguments for one word.
    function ask(address target, bytes4 selector) internal view returns (bool ok, uint256 answer) {
        assembly ("memory-safe") {
            mstore(0, selector)
            ok := staticcall(gas(), target, 0, 4, 0, 32)
            ok := and(ok, eq(returndatasize(), 32))
            if ok { answer := mload(0) }
        }
    }

    /// @notice Asks a view for one word, with this much gas. Who calls with less makes it fail.
    function tryAsk(address target, uint256 gasLimit, bytes memory data)
        internal
        view
        returns (bool ok, uint256 answer)
    {
        assembly ("memory-safe") {
            ok := staticcall(gasLimit, target, add(data, 32), mload(data), 0, 32)
            ok := and(ok, eq(returndatasize(), 32))
            if ok { answer := mload(0) }
        }
    }

    /// @return same Whether a view without arguments answers with `size` bytes of this hash.
    function answers(address target, bytes4 selector, uint256 size, bytes32 hash)
        internal
        view
        returns (bool same)
    {
        assembly ("memory-safe") {
            let answer := mload(0x40)
            mstore(0, selector)
            if staticcall(gas(), target, 0, 4, answer, size) {
                same := and(eq(returndatasize(), size), eq(keccak256(answer, size), hash))
            }
        }
    }
}
