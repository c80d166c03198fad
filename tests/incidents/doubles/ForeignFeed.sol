// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";

/// @notice A feed that works, and is made for callers that say which asset they mean.
contract ForeignFeed {
    IAggregatorV3 private immutable _source;

    constructor(IAggregatorV3 source) {
        _source = source;
    }

    function latestRoundData(address)
        external
        view
        returns (uint80, int256, uint256, uint256, uint80)
    {
        return _source.latestRoundData();
    }

    function decimals() external view returns (uint8) {
        return _source.decimals();
    }
}

/// @notice A lending venue of another version: it wants to know the account as well.
contract ForeignVenue {
    function liquidationThreshold(address, address) external pure returns (uint256) {
        return 8000;
    }
}
