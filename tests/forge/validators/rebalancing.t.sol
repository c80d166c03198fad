// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {ValidatorTest} from "./ValidatorTest.sol";

/// @notice Rules of the rebalancing module.
contract RebalancingRulesTest is ValidatorTest {
    function setUp() public {
        words = new uint256[](3);
        _put(0, 2000);
        _put(1, 3500);
        _put(2, 4500);
        _put(10, 2_592_000);
        _put(11, 21_600);
        _put(13, 50);
        _put(14, 100);
        _put(16, 30);
        _put(20, 500);
    }

    /// @notice The defaults pass.
    function test_defaults() public view {
        _passes();
    }

    /// @notice Eight weights that sum to the whole pass, whatever they are.
    function test_weightsThatSum(uint256[7] memory parts) public {
        uint256 left = 10_000;
        for (uint256 i = 0; i < 7; ++i) {
            uint256 part = bound(parts[i], 0, left);
            _put(i, part);
            left -= part;
        }
        _put(7, left);
        _put(20, 0);
        _passes();
    }

    /// @notice One basis point more or less does not, nor do lanes so large that a sum of 32 bits would wrap.
    function test_weightsDoNotSum() public {
        _failsWithSum(0, 2001, 10_001);
        _failsWithSum(0, 1999, 9999);
        _put(0, 2000);
        _failsWithSum(7, 1, 10_001);
        _failsWithSum(7, type(uint32).max, uint256(type(uint32).max) + 10_000);
        for (uint256 i = 0; i < 8; ++i) {
            _put(i, type(uint32).max);
        }
        _failsWithSum(0, type(uint32).max, 8 * uint256(type(uint32).max));
        // Modulo 2**32 - 1, and in 32 bits, these sum to 10,000.
        for (uint256 i = 0; i < 8; ++i) {
            _put(i, 1 << 31);
        }
        _failsWithSum(7, (1 << 31) + 10_000, (8 << 31) + 10_000);
    }

    function _failsWithSum(uint256 lane, uint256 weight, uint256 sum) private {
        _put(lane, weight);
        _fails(abi.encodeWithSelector(IParamValidator.WeightsDoNotSum.selector, sum));
    }

    /// @notice tradeCoolOff <= rebalanceInterval.
    function test_coolOff() public {
        _checkOrder(11, 10, 40_000, false);
    }

    /// @notice maxSlippage <= slippageBudget.
    function test_slippage() public {
        _checkOrder(13, 14, 80, false);
    }

    /// @notice navDeviation <= slippageBudget.
    function test_navDeviation() public {
        _put(13, 10);
        _checkOrder(16, 14, 80, false);
    }

    /// @notice minIdle <= the base asset's target weight.
    function test_minIdle() public {
        _put(20, 2000);
        _passes();
        _put(20, 2001);
        _fails(abi.encodeWithSelector(IParamValidator.OutOfOrder.selector, 20, 2001, 0, 2000));
    }

    /// @notice A strategy of one asset may keep any part of it idle.
    function test_oneAsset() public {
        words[0] = 10_000;
        _put(20, 5000);
        _passes();
    }
}
