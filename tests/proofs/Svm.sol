// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The cheatcodes of halmos that the proofs use. Halmos answers them at one fixed address.
interface Svm {
    function createBytes32(string calldata name) external returns (bytes32);
    function createCalldata(string calldata contractName) external returns (bytes memory);
    function enableSymbolicStorage(address target) external;
}
