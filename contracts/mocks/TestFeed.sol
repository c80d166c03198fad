// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";

/// @title A price feed for tests and the local demo: anyone may set its answer
contract TestFeed is IAggregatorV3 {
    /// @inheritdoc IAggregatorV3
    uint8 public decimals;
    /// @inheritdoc IAggregatorV3
    string public description;

    uint80 private _round;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;

    /// @param answer the first answer, in `decimals_` decimals, dated now
    constructor(string memory description_, uint8 decimals_, int256 answer) {
        description = description_;
        decimals = decimals_;
        set(answer);
    }

    /// @notice Gives an answer dated `updatedAt`; the round started at the same time.
    function setRound(int256 answer, uint256 updatedAt) external {
        _record(answer, updatedAt);
    }

    /// @notice Changes what the feed says of its decimals, as a careless upgrade does.
    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    /// @inheritdoc IAggregatorV3
    function latestRoundData()
        external
        view
        returns (
            uint80 roundId,
            int256 answer,
            uint256 startedAt,
            uint256 updatedAt,
            uint80 answeredInRound
        )
    {
        return (_round, _answer, _startedAt, _updatedAt, _round);
    }

    /// @notice Gives an answer dated now.
    function set(int256 answer) public {
        _record(answer, block.timestamp);
    }

    function _record(int256 answer, uint256 updatedAt) private {
        ++_round;
        _answer = answer;
        _startedAt = updatedAt;
        _updatedAt = updatedAt;
    }
}
