// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What a vote relies on, asked again when it is carried out
/// @notice The first action of a proposal's batch: where it reverts, nothing of the batch happens.
interface IPreconditions {
    /// @notice `target` has other code than the vote was drafted with, or none at all (`actual` is zero where the
    /// address was never used, and the hash of nothing where it is an account without code).
    error CodeChanged(address target, bytes32 expected, bytes32 actual);
    error LengthsDiffer(uint256 targets, uint256 codeHashes);
    /// @notice A condition on nothing is a mistake of the drafter.
    error NoTargets();

    /// @notice Reverts unless every target still has the code that it had when the vote was drafted.
    /// @dev Immutables are part of a contract's code; what a proxy points to is not.
    /// @param codeHashes keccak256 of the code of each target, in the same order
    function requireCode(address[] calldata targets, bytes32[] calldata codeHashes) external view;
}
