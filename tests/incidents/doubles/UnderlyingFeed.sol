// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";

/// @notice A market of a token, in what the new oracle asked of it.
contract CErc20 {
    address public immutable underlying;

    constructor(address underlying_) {
        underlying = underlying_;
    }
}

/// @notice The market of ether: it has no underlying token, and no such function.
contract CEther {
    string public constant symbol = "cETH";
}

/// @notice Finds the price of a market by the market's underlying token, as the oracle of Proposal 117 did.
contract UnderlyingFeed is IAggregatorV3 {
    CErc20 private immutable _market;
    IAggregatorV3 private immutable _source;

    error NoToken();

    constructor(address market, IAggregatorV3 source) {
        (_market, _source) = (CErc20(market), source);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        if (_market.underlying() == address(0)) revert NoToken();
        return _source.latestRoundData();
    }

    function decimals() external view returns (uint8) {
        return _source.decimals();
    }

    function description() external view returns (string memory) {
        return _source.description();
    }
}
