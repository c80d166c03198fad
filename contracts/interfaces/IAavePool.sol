// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What is read of Aave's pool, version 3
interface IAavePool {
    /// @return configuration of the reserve, packed; zero where the asset is not listed. Bits 16 to 31: the liquidation
    /// threshold in basis points.
    function getConfiguration(address asset) external view returns (uint256 configuration);
}
