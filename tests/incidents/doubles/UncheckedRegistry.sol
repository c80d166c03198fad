// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Whoever keeps parameters. Our registry does.
interface IValues {
    function valueOf(bytes32 strategyId, uint16 key) external view returns (int256);
}

/// @notice The registry without its guards: what governance says is what is stored.
contract UncheckedRegistry is IValues {
    mapping(bytes32 strategyId => mapping(uint16 key => int256)) public valueOf;

    function set(bytes32 strategyId, uint16 key, int256 value) external {
        valueOf[strategyId][key] = value;
    }
}
