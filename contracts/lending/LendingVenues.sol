// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../interfaces/ILendingVenue.sol";
import {ILendingVenues} from "../interfaces/ILendingVenues.sol";
import {ILiquidationThresholds} from "../interfaces/ILiquidationThresholds.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";

/// @title LendingVenues
/// @notice The one place through which rules between parameters look at lending venues.
contract LendingVenues is ILendingVenues {
    using BoundedCall for address;

    struct Collateral {
        address asset;
        ILendingVenue[] venues;
    }

    /* CONSTANTS */

    /// @notice The most venues of a collateral; the catalogue has caps for as many.
    uint256 public constant MAX_VENUES = 2;
    /// @notice The collaterals that the catalogue has lanes for.
    uint256 public constant COLLATERALS = 3;
    /// @notice Gas of one question to a venue: several times what a pool behind a proxy takes.
    uint256 public constant READ_GAS = 150_000;
    uint256 private constant WHOLE = 10_000;

    /* STORAGE */

    /// @inheritdoc ILendingVenues
    address public immutable governor;

    mapping(bytes32 strategyId => mapping(uint256 collateral => Collateral)) private _collaterals;

    /// @param governor_ The timelock.
    constructor(address governor_) {
        governor = governor_;
    }

    /* VENUES */

    /// @inheritdoc ILendingVenues
    function setVenues(
        bytes32 strategyId,
        uint256 collateral,
        address asset,
        ILendingVenue[] calldata venues
    ) external {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
        if (collateral >= COLLATERALS) revert CollateralUnknown(collateral, COLLATERALS);
        if (venues.length > MAX_VENUES) revert TooManyVenues(venues.length, MAX_VENUES);
        for (uint256 i; i < venues.length; ++i) {
            // One that cannot be read now would stop every change of the module.
            // slither-disable-next-line unused-return
            _read(venues[i], asset);
        }
        Collateral storage stored = _collaterals[strategyId][collateral];
        (stored.asset, stored.venues) = (asset, venues);
        emit VenuesSet(strategyId, collateral, asset, venues);
    }

    /* VIEWS */

    /// @inheritdoc ILiquidationThresholds
    function thresholdOf(bytes32 strategyId, uint256 collateral)
        external
        view
        returns (uint256 bps)
    {
        Collateral storage stored = _collaterals[strategyId][collateral];
        uint256 count = stored.venues.length;
        bps = WHOLE;
        for (uint256 i; i < count; ++i) {
            uint256 threshold = _read(stored.venues[i], stored.asset);
            if (threshold < bps) bps = threshold;
        }
    }

    /// @inheritdoc ILendingVenues
    function venuesOf(bytes32 strategyId, uint256 collateral)
        external
        view
        returns (address asset, ILendingVenue[] memory venues)
    {
        Collateral storage stored = _collaterals[strategyId][collateral];
        return (stored.asset, stored.venues);
    }

    /* INTERNAL */

    function _read(ILendingVenue venue, address asset) private view returns (uint256 threshold) {
        bytes memory question = abi.encodeCall(ILendingVenue.liquidationThreshold, (asset));
        bool ok;
        (ok, threshold) = address(venue).tryAsk(READ_GAS, question);
        if (!ok || threshold > WHOLE) revert VenueUnreadable(venue, asset);
    }
}
