// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title A place to borrow against collateral
interface ILendingVenue {
    /// @notice The debt at which the venue liquidates, in basis points of the collateral's value, as it is now. Zero
    /// where the venue does not take the asset as collateral.
    function liquidationThreshold(address asset) external view returns (uint256 bps);
}
