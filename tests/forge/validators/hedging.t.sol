// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ValidatorTest} from "./ValidatorTest.sol";

/// @notice Rules of the hedging module.
contract HedgingRulesTest is ValidatorTest {
    function setUp() public {
        module = 2;
        words = new uint256[](3);
        _put(1, 250);
        _put(2, 8500);
        _put(6, 100_000);
        _put(7, 350_000);
        _put(8, 14 days);
        _put(9, 91 days);
        _put(10, 200_000);
        _put(11, 1_500_000);
        _put(12, 800_000);
        _put(13, 1_200_000);
    }

    /// @notice The defaults pass.
    function test_defaults() public view {
        _passes();
    }

    /// @notice deltaBand <= maxNetDelta.
    function test_deltaBand() public {
        _checkOrder(1, 2, 1000, false);
    }

    /// @notice minAbsDelta <= maxAbsDelta.
    function test_absDelta() public {
        _checkOrder(6, 7, 200_000, false);
    }

    /// @notice minTenor < maxTenor.
    function test_tenor() public {
        _checkOrder(8, 9, 30 days, true);
    }

    /// @notice ivMin < ivMax.
    function test_impliedVolatility() public {
        _checkOrder(10, 11, 500_000, true);
    }

    /// @notice spotShockDown < spotShockUp.
    function test_spotShocks() public {
        _checkOrder(12, 13, 1_000_000, true);
    }
}
