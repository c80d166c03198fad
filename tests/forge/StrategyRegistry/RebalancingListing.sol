// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice The rebalancing module of the real catalogue with three assets, for measuring.
abstract contract RebalancingListing is RegistryTest {
    uint256 internal constant WORDS = 3;

    function _rebalancing() internal pure returns (IStrategyRegistry.Listing[] memory all) {
        all = new IStrategyRegistry.Listing[](19);
        Spec memory weight = _weight();
        weight.group = 7;
        (all[0], all[1]) = (_listing(0, weight, 2000, "USDC"), _listing(1, weight, 3500, "WBTC"));
        all[2] = _listing(2, weight, 4500, "WETH");
        all[3] = _rule(8, "driftThreshold", 25, 2000, 100, BOTH_RISK, 500);
        all[4] = _rule(9, "recenteringSpeed", 10_000, 1_000_000, 100_000, UP_RISK, 1_000_000);
        all[5] = _share(10, "rebalanceInterval", 900, 2_592_000, DOWN_RISK, 2_592_000);
        all[6] = _rule(11, "tradeCoolOff", 0, 86_400, 3600, DOWN_RISK, 21_600);
        all[7] = _share(12, "maxTradeSize", 10, 2500, UP_RISK, 1500);
        all[8] = _rule(13, "maxSlippage", 1, 300, 25, UP_RISK, 50);
        all[9] = _rule(14, "slippageBudget", 10, 1000, 50, UP_RISK, 100);
        all[10] = _share(15, "slippageWindow", 3600, 604_800, DOWN_RISK, 86_400);
        all[11] = _rule(16, "navDeviation", 1, 100, 10, UP_RISK, 30);
        all[12] = _share(17, "oracleMaxStaleness", 60, 259_200, UP_RISK, 86_400);
        all[13] = _rule(18, "oracleMaxDeviation", 50, 2000, 100, UP_RISK, 300);
        all[14] = _rule(19, "sequencerGrace", 0, 7200, 1800, DOWN_RISK, 3600);
        all[15] = _rule(20, "minIdle", 0, 5000, 250, DOWN_RISK, 500);
        all[16] = _share(21, "maxBaseFee", 1, 2000, NEUTRAL_RISK, 150);
        all[17] = _share(22, "weightRamp", 14_400, 2_592_000, DOWN_RISK, 86_400);
        all[18] = _share(23, "auctionDuration", 600, 604_800, NEUTRAL_RISK, 86_400);
    }

    function _weights() internal pure returns (IStrategyRegistry.Change[] memory) {
        return _with(_with(_change(0, 2000, 2500), 1, 3500, 3250), 2, 4500, 4250);
    }

    /// @notice The first `count` keys of the trading word.
    function _trading(uint256 count) internal pure returns (IStrategyRegistry.Change[] memory all) {
        int256[2][7] memory moves = [
            [int256(500), 600],
            [int256(1_000_000), 900_000],
            [int256(2_592_000), 1_728_000],
            [int256(21_600), 25_200],
            [int256(1500), 1200],
            [int256(50), 60],
            [int256(100), 120]
        ];
        all = new IStrategyRegistry.Change[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = IStrategyRegistry.Change(uint16(8 + i), moves[i][0], moves[i][1]);
        }
    }

    /// @notice All three weights and seven of the trading rules.
    function _tenKeys() internal pure returns (IStrategyRegistry.Change[] memory changes) {
        changes = _weights();
        IStrategyRegistry.Change[] memory more = _trading(7);
        for (uint256 i = 0; i < more.length; ++i) {
            changes = _with(changes, more[i].key, more[i].from, more[i].to);
        }
    }

    /// @return gas What a transaction costs before anything is run.
    function _intrinsic(bytes memory data) internal pure returns (uint256 gas) {
        gas = 21_000;
        for (uint256 i = 0; i < data.length; ++i) {
            gas += data[i] == 0 ? 4 : 16;
        }
    }

    function _rule(
        uint16 key,
        string memory name,
        int64 minimum,
        int64 maximum,
        uint32 step,
        uint8 risk,
        int256 value
    ) private pure returns (IStrategyRegistry.Listing memory) {
        Spec memory spec = _slippage();
        (spec.minimum, spec.maximum, spec.risk) = (minimum, maximum, risk);
        (spec.stepUp, spec.stepDown, spec.jump) = (step, step, 5 * step);
        return _listing(key, spec, value, name);
    }

    function _share(
        uint16 key,
        string memory name,
        int64 minimum,
        int64 maximum,
        uint8 risk,
        int256 value
    ) private pure returns (IStrategyRegistry.Listing memory listing) {
        Spec memory spec = _slippage();
        (spec.minimum, spec.maximum, spec.risk) = (minimum, maximum, risk);
        (spec.stepUp, spec.stepDown, spec.jump, spec.relative) = (5000, 5000, 7500, true);
        return _listing(key, spec, value, name);
    }
}
