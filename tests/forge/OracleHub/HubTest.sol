// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {OracleHub} from "../../../contracts/OracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {Test} from "../Test.sol";

/// @notice A hub with one asset at 3,000 dollars that has two sources; the test is its governor.
abstract contract HubTest is Test {
    uint256 internal constant DELAY = 1 days;
    uint256 internal constant JUMP_BPS = 200;
    IAggregatorV3 internal constant NONE = IAggregatorV3(address(0));

    address internal asset = makeAddr("asset");
    address internal stranger = makeAddr("stranger");
    TestFeed internal primary;
    TestFeed internal secondary;
    TestFeed internal sequencer;
    OracleHub internal hub;

    function setUp() public virtual {
        vm.warp(1_795_219_200);
        primary = new TestFeed("ETH / USD", 8, 3000e8);
        secondary = new TestFeed("ETH / USD, second", 18, 3000e18);
        sequencer = new TestFeed("sequencer", 0, 0);
        hub = new OracleHub(address(this), sequencer, DELAY, JUMP_BPS);
        hub.proposeFeed(asset, _feed());
    }

    function _feed() internal view returns (IOracleHub.Feed memory) {
        return IOracleHub.Feed({
            primary: primary,
            secondary: secondary,
            maxStaleness: 1 hours,
            secondaryMaxStaleness: 1 days,
            maxDeviationBps: 100,
            minPrice: 300e18,
            maxPrice: 30_000e18
        });
    }

    /// @dev One source only, at this price in dollars and these decimals.
    function _single(uint256 dollars, uint8 decimals_)
        internal
        returns (IOracleHub.Feed memory feed)
    {
        feed = _feed();
        feed.primary = new TestFeed("new", decimals_, int256(dollars * 10 ** decimals_));
        feed.secondary = NONE;
    }

    function _refresh() internal {
        (, int256 answer,,,) = primary.latestRoundData();
        primary.set(answer);
        (, answer,,,) = secondary.latestRoundData();
        secondary.set(answer);
    }
}
