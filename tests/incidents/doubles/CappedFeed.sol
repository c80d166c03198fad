// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {LaneLib} from "../../../contracts/libraries/LaneLib.sol";

/// @notice Where the parameters of a cap are: our registry, or the one that clamps.
interface IWords {
    function wordOf(bytes32 strategyId, uint256 word) external view returns (uint256);
}

/// @notice The arithmetic of the cap: a ratio, when it was taken, and how fast it may have grown since; in ppm and
/// seconds, in the first three lanes of a word.
library Cap {
    using LaneLib for uint256;

    uint256 internal constant PPM = 1e6;

    /// @return The largest ratio that is believed, 18 decimals.
    function largest(uint256 word) internal view returns (uint256) {
        uint256 growth = word.lane(2) * (block.timestamp - word.lane(1)) * 1e12 / 365 days;
        return word.lane(0) * (1e18 + growth) / PPM;
    }
}

/// @notice The price of a staked token: its ratio to ether, at most the cap, times the price of ether; 18 decimals.
contract CappedFeed is IAggregatorV3 {
    uint8 public constant decimals = 18;
    string public constant description = "wstETH / USD, capped";

    IWords private immutable _words;
    bytes32 private immutable _strategyId;
    uint256 private immutable _ratio;
    uint256 private immutable _etherPrice;

    constructor(IWords words, bytes32 strategyId, uint256 ratio, uint256 etherPrice) {
        (_words, _strategyId, _ratio, _etherPrice) = (words, strategyId, ratio, etherPrice);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 cap = Cap.largest(_words.wordOf(_strategyId, 0));
        uint256 ratio = cap < _ratio ? cap : _ratio;
        return (1, int256(ratio * _etherPrice / 1e18), block.timestamp, block.timestamp, 1);
    }
}

/// @notice The steward's contract of the incident: the ratio is cut to the largest step, the time that belongs to it is
/// written as it came.
contract ClampingSteward {
    using LaneLib for uint256;

    uint256 private constant LARGEST_STEP_BPS = 300;

    uint256 private _word;

    constructor(uint256 word) {
        _word = word;
    }

    function update(uint256 ratio, uint256 time) external {
        uint256 current = _word.lane(0);
        uint256 largest = current + current * LARGEST_STEP_BPS / 10_000;
        _word = _word.withLane(0, ratio < largest ? ratio : largest).withLane(1, time);
    }

    function wordOf(bytes32, uint256) external view returns (uint256) {
        return _word;
    }
}

/// @notice A strategy's own rule between the three: the cap may not lie below the ratio of today.
contract CapValidator is IParamValidator {
    uint256 private immutable _ratio;

    error CapBelowRatio(uint256 cap, uint256 ratio);

    constructor(uint256 ratio) {
        _ratio = ratio;
    }

    function validate(bytes32, uint8, uint256[] calldata words) public view {
        uint256 cap = Cap.largest(words[0]);
        if (cap < _ratio) revert CapBelowRatio(cap, _ratio);
    }

    function validateReduction(bytes32 strategyId, uint8 module, uint256[] calldata words)
        external
        view
    {
        validate(strategyId, module, words);
    }
}
