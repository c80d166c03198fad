// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title How much debt the outside world allows a strategy, collateral by collateral
interface ILiquidationThresholds {
    /// @notice The lowest liquidation threshold of the venues at which the strategy borrows against a collateral, read
    /// live; 10,000 (100 %) where none is set. Reverts where a venue does not answer as one.
    /// @param collateral its place in the strategy's layout: lane `collateral` holds its target LTV
    function thresholdOf(bytes32 strategyId, uint256 collateral) external view returns (uint256 bps);
}
