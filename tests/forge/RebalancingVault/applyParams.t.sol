// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IManagedVault} from "../../../contracts/interfaces/IManagedVault.sol";
import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {VaultTest} from "./VaultTest.sol";

contract ApplyParamsTest is VaultTest {
    /// @notice Only the executor brings parameters.
    function test_strangerIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IManagedVault.NotExecutor.selector, stranger));
        vm.prank(stranger);
        vault.applyParams(1, _words(_defaults()));
    }

    /// @notice The vault takes over version and values, and tells it.
    function test_takesOver() public {
        vm.expectEmit(true, true, true, true);
        emit IManagedVault.ParamsApplied(4);
        vault.applyParams(4, _words(_defaults()));
        assertEq(vault.appliedVersion(), 4);
        assertEq(keccak256(abi.encode(vault.params())), keccak256(abi.encode(_defaults())));
    }

    /// @notice It goes forward only: neither the same version again nor an older one.
    function test_onlyForward() public {
        uint256[] memory words = _words(_defaults());
        vault.applyParams(4, words);
        vm.expectRevert(abi.encodeWithSelector(IManagedVault.VersionNotNewer.selector, 4, 4));
        vault.applyParams(4, words);
        vm.expectRevert(abi.encodeWithSelector(IManagedVault.VersionNotNewer.selector, 3, 4));
        vault.applyParams(3, words);
        vault.applyParams(type(uint32).max, words);
        assertEq(vault.appliedVersion(), type(uint32).max);
    }

    /// @notice The number of words must be the module's.
    function test_wordCountMustFit() public {
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.WordCountWrong.selector, 2, 3));
        vault.applyParams(1, new uint256[](2));
    }

    /// @notice The vault checks by itself that weights are the whole, over its own assets only.
    function test_weightsMustBeTheWhole() public {
        IRebalancingVault.Params memory p = _defaults();
        p.targetWeight[0] = 2001;
        _refusedWeights(p, 10_001);
        p.targetWeight[0] = 1999;
        _refusedWeights(p, 9999);
        p = _defaults();
        p.targetWeight[3] = 1;
        _refusedWeights(p, 10_000);
    }

    /// @notice A value too large for its place is refused, not cut off.
    function test_wideValueIsRefused() public {
        uint256[] memory words = _words(_defaults());
        words[1] |= uint256(1) << 14;
        vm.expectPartialRevert(IRebalancingVault.ParamTooLarge.selector);
        vault.applyParams(1, words);
        words = _words(_defaults());
        words[2] |= uint256(1) << (32 * 7 + 20);
        vm.expectPartialRevert(IRebalancingVault.ParamTooLarge.selector);
        vault.applyParams(1, words);
    }

    /// @notice Whatever words are taken over read back the same, bit by bit; all others are refused.
    function testFuzz_wordsReadBack(uint256 trading, uint256 safety, uint256 keep) public {
        uint256[] memory words = _words(_defaults());
        // Random bits hardly ever fit: often take only those that do.
        if (keep % 4 != 0) {
            trading &= 0x000fffff000007ff000003ff00003fff0001ffff003fffff000fffff00003fff;
            safety &= 0x000fffff003fffff00000fff00003fff0000ffff00003fff0003ffff000003ff;
        }
        (words[1], words[2]) = (trading, safety);
        try vault.applyParams(1, words) {
            uint256[] memory back = vault.appliedWords();
            assertEq(keccak256(abi.encode(back)), keccak256(abi.encode(words)));
        } catch {
            assertTrue(keep % 4 == 0);
            assertEq(vault.appliedVersion(), 0);
        }
    }

    /// @notice Every value of the catalogue's bounds is kept in its place.
    function test_boundsFit() public {
        IRebalancingVault.Params memory p = _defaults();
        p.driftThreshold = 2000;
        p.recenteringSpeed = 1_000_000;
        p.rebalanceInterval = 30 days;
        p.tradeCoolOff = 1 days;
        p.maxTradeSize = 2500;
        p.maxSlippage = 300;
        p.slippageBudget = 1000;
        p.slippageWindow = 7 days;
        p.navDeviation = 100;
        p.oracleMaxStaleness = 3 days;
        p.oracleMaxDeviation = 2000;
        p.sequencerGrace = 7200;
        p.minIdle = 5000;
        p.maxBaseFee = 2000;
        p.weightRamp = 30 days;
        p.auctionDuration = 7 days;
        _apply(p);
        assertEq(keccak256(abi.encode(vault.params())), keccak256(abi.encode(p)));
    }

    /* THE RAMP OF THE WEIGHTS */

    /// @notice The first weights count at once; there is nothing to come from.
    function test_firstWeightsCountAtOnce() public {
        _apply(_defaults());
        _assertTargets(0.2e18, 0.35e18, 0.45e18);
    }

    /// @notice New weights replace the old ones linearly over the ramp, and stand at its end.
    function test_weightsRamp() public {
        _apply(_defaults());
        _applyWeights(3000, 3500, 3500);
        _assertTargets(0.2e18, 0.35e18, 0.45e18);
        skip(6 hours);
        _assertTargets(0.225e18, 0.35e18, 0.425e18);
        skip(18 hours);
        _assertTargets(0.3e18, 0.35e18, 0.35e18);
        skip(90 days);
        _assertTargets(0.3e18, 0.35e18, 0.35e18);
    }

    /// @notice A change in the middle of a ramp starts from where the targets are then.
    function test_changeDuringARamp() public {
        _apply(_defaults());
        _applyWeights(3000, 3500, 3500);
        skip(12 hours);
        _assertTargets(0.25e18, 0.35e18, 0.4e18);
        _applyWeights(2000, 3500, 4500);
        _assertTargets(0.25e18, 0.35e18, 0.4e18);
        skip(12 hours);
        _assertTargets(0.225e18, 0.35e18, 0.425e18);
    }

    /// @notice A change of the ramp's length in its middle moves no target by itself.
    function test_lengthChangeDuringARampDoesNotJump() public {
        _apply(_defaults());
        _applyWeights(3000, 3500, 3500);
        skip(12 hours);
        IRebalancingVault.Params memory p = _defaults();
        (p.targetWeight[0], p.targetWeight[2]) = (3000, 3500);
        p.weightRamp = 30 days;
        _apply(p);
        _assertTargets(0.25e18, 0.35e18, 0.4e18);
        skip(15 days);
        _assertTargets(0.275e18, 0.35e18, 0.375e18);
    }

    /// @notice A change of another parameter leaves a ramp alone.
    function test_otherChangeLeavesTheRamp() public {
        _apply(_defaults());
        _applyWeights(3000, 3500, 3500);
        skip(12 hours);
        IRebalancingVault.Params memory p = _defaults();
        (p.targetWeight[0], p.targetWeight[2]) = (3000, 3500);
        p.driftThreshold = 600;
        _apply(p);
        _assertTargets(0.25e18, 0.35e18, 0.4e18);
        skip(12 hours);
        _assertTargets(0.3e18, 0.35e18, 0.35e18);
    }

    /// @notice At every moment of any ramp of any weights the targets are the whole, and between start and end.
    function testFuzz_rampStaysBetween(uint256 a, uint256 b, uint256 at, uint256 again) public {
        _apply(_defaults());
        (uint256 first, uint256 second) = (bound(a, 0, 10_000), 0);
        second = bound(b, 0, 10_000 - first);
        _applyWeights(uint16(first), uint16(second), uint16(10_000 - first - second));
        skip(bound(at, 0, 2 days));
        uint256[] memory now_ = vault.targetWeightsNow();
        assertEq(now_[0] + now_[1] + now_[2], WHOLE);
        _assertBetween(now_[1], 0.35e18, second * 1e14);
        _applyWeights(2500, 2500, 5000);
        uint256[] memory started = vault.targetWeightsNow();
        for (uint256 i = 0; i < 3; ++i) {
            // A new start is kept in basis points.
            assertApproxEqAbs(started[i], now_[i], 3e14);
        }
        skip(bound(again, 0, 2 days));
        now_ = vault.targetWeightsNow();
        assertEq(now_[0] + now_[1] + now_[2], WHOLE);
    }

    /* HELPERS */

    function _refusedWeights(IRebalancingVault.Params memory p, uint256 sum) private {
        uint256[] memory words = _words(p);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.WeightsNotWhole.selector, sum, uint256(10_000))
        );
        vault.applyParams(1, words);
    }

    function _applyWeights(uint16 a, uint16 b, uint16 c) private {
        IRebalancingVault.Params memory p = _defaults();
        (p.targetWeight[0], p.targetWeight[1], p.targetWeight[2]) = (a, b, c);
        _apply(p);
    }

    function _assertTargets(uint256 a, uint256 b, uint256 c) private view {
        uint256[] memory targets = vault.targetWeightsNow();
        assertEq(targets[0], a);
        assertEq(targets[1], b);
        assertEq(targets[2], c);
    }

    function _assertBetween(uint256 value, uint256 a, uint256 b) private pure {
        assertGe(value, a < b ? a : b);
        assertLe(value, a < b ? b : a);
    }
}
