// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {OddToken} from "../forge/doubles/OddToken.sol";
import {Actor, System} from "./System.sol";

/// @title The world outside
/// @notice Prices move, feeds go dark, tokens are frozen by their issuers, time goes on.
contract Market is Actor {
    int256[ASSETS] private _lastAnswers;

    constructor(System memory system_) Actor(system_) {}

    /// @notice One price moves by up to a fifth.
    function move(uint256 asset, uint256 factor, uint256 seconds_) external act {
        asset = 1 + asset % 2;
        TestFeed feed = system.feeds[asset];
        (, int256 answer,,,) = feed.latestRoundData();
        int256 next = answer * int256(bound(factor, 80, 125)) / 100;
        int256 middle = asset == 1 ? int256(60_000e8) : int256(3000e8);
        if (next > middle / 15 && next < middle * 15) feed.set(next);
        _pass(bound(seconds_, 0, 2 days));
        _done("move");
    }

    /// @notice A feed stops answering.
    function goDark(uint256 asset) external act {
        TestFeed feed = system.feeds[asset % ASSETS];
        (, int256 answer,,,) = feed.latestRoundData();
        if (answer == 0) return;
        _lastAnswers[asset % ASSETS] = answer;
        feed.set(0);
        _done("goDark");
    }

    /// @notice All feeds answer again. Two names, so that the dark is shorter than the light.
    function lightUp() external act {
        _lightUp();
    }

    function lightUpToo() external act {
        _lightUp();
    }

    /// @notice One asset's transfers fail for a while, in one of the ways that there are.
    function freeze(uint256 asset, uint256 how) external act {
        // Burning gas is slow to run, so that it comes more seldom.
        OddToken.Fault fault = how % 16 == 0 ? OddToken.Fault.BurnsGas : OddToken.Fault(how % 3);
        system.tokens[asset % ASSETS].setFault(fault);
        if (fault != OddToken.Fault.None) _done("freeze");
    }

    function thaw() external act {
        for (uint256 i = 0; i < ASSETS; ++i) {
            system.tokens[i].setFault(OddToken.Fault.None);
        }
    }

    function _lightUp() private {
        for (uint256 i = 0; i < ASSETS; ++i) {
            (, int256 answer,,,) = system.feeds[i].latestRoundData();
            if (answer == 0) system.feeds[i].set(_lastAnswers[i]);
        }
    }
}
