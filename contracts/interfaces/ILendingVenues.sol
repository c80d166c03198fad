// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "./ILendingVenue.sol";
import {ILiquidationThresholds} from "./ILiquidationThresholds.sol";

/// @title Where each strategy borrows against each collateral
/// @notice Governance says where; the venues say, whenever a rule between parameters is checked, what they allow.
/// @dev A venue is hostile all the same: it has `READ_GAS`, no more than one word of its answer is copied, and what is
/// not a share is refused. So a broken venue stops what adds debt (governance and steward cannot change the module of
/// collateral) and never what reduces it: the guardian's lane does not ask. Governance mends it by naming other venues.
interface ILendingVenues is ILiquidationThresholds {
    event VenuesSet(
        bytes32 indexed strategyId,
        uint256 indexed collateral,
        address indexed asset,
        ILendingVenue[] venues
    );

    error NotGovernor(address caller);
    error CollateralUnknown(uint256 collateral, uint256 count);
    error TooManyVenues(uint256 given, uint256 limit);
    /// @notice The venue reverts, burns its gas, answers with something else than one word, or with more than 100 %.
    error VenueUnreadable(ILendingVenue venue, address asset);

    /// @notice Says at which venues a strategy borrows against a collateral. An empty list: nowhere, so that the
    /// outside world sets no limit. Each venue must answer now.
    /// @param asset the token that is the collateral; how venues call it
    function setVenues(
        bytes32 strategyId,
        uint256 collateral,
        address asset,
        ILendingVenue[] calldata venues
    ) external;

    function governor() external view returns (address);

    /// @return asset the token, zero where no venue was ever set
    /// @return venues at most two
    function venuesOf(bytes32 strategyId, uint256 collateral)
        external
        view
        returns (address asset, ILendingVenue[] memory venues);
}
