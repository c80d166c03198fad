// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAavePool} from "../interfaces/IAavePool.sol";
import {ILendingVenue} from "../interfaces/ILendingVenue.sol";

/// @title Aave v3 as a place to borrow
/// @notice The threshold is the reserve's own. A category of e-mode only raises it, and an account can be put out of
/// one, so it is not counted on.
contract AaveV3Lending is ILendingVenue {
    uint256 private constant THRESHOLD_SHIFT = 16;
    uint256 private constant THRESHOLD_MASK = type(uint16).max;

    /// @notice Aave's pool: a proxy whose address stays.
    IAavePool public immutable pool;

    constructor(IAavePool pool_) {
        pool = pool_;
    }

    /// @inheritdoc ILendingVenue
    function liquidationThreshold(address asset) external view returns (uint256 bps) {
        return (pool.getConfiguration(asset) >> THRESHOLD_SHIFT) & THRESHOLD_MASK;
    }
}
