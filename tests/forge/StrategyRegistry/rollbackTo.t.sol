// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {ProofTest} from "./ProofTest.sol";

/// @notice Governance or the guardian brings back what an earlier version left.
contract RollbackToTest is ProofTest {
    /* ACCESS */

    /// @notice Nobody but governor and guardian: the steward neither.
    function test_onlyGuardianOrGovernor(address caller) public {
        vm.assume(caller != guardian && caller != governor);
        _commit(_change(SLIPPAGE, 500, 700));
        bytes32 role = registry.GUARDIAN_ROLE();
        IStrategyRegistry.Proof memory proof = _proof(1);
        _expectNoRole(caller, role);
        vm.prank(caller);
        registry.rollbackTo(CORE, proof, FOREVER, REPORT);
    }

    /* NORMAL PATH */

    /// @notice Governance brings everything back in one version, further than a jump, with the changes in the event.
    function test_governanceRollsBack() public {
        _commit(_with(_change(SLIPPAGE, 500, 740), SKEW, -200, -450));
        _commit(_with(_swing(1000), SLIPPAGE, 740, 990));
        bytes32 before = registry.stateHash(CORE);
        skip(1);
        IStrategyRegistry.Change[] memory changes =
            _with(_change(LEFT, 5000, 4000), RIGHT, 5000, 6000);
        changes = _with(_with(changes, SLIPPAGE, 990, 500), SKEW, -450, -200);
        bytes32 hash = _stateHash(before, 4, keccak256("why"), _listedHash());
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.VersionCommitted(CORE, 4, hash, keccak256("why"), governor, changes);
        IStrategyRegistry.Proof memory proof = _proof(1);
        vm.prank(governor);
        registry.rollbackTo(CORE, proof, FOREVER, keccak256("why"));
        assertEq(registry.stateHash(CORE), hash);
        assertEq(registry.version(CORE), 4);
        assertEq(_value(LEFT) + _value(RIGHT), 10_000);
        assertEq(_value(SLIPPAGE), 500);
        assertEq(_value(SKEW), -200);
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), block.timestamp);
        assertEq(registry.lastChangeOf(CORE, BUFFER), START);
    }

    /// @notice Module 0 as it was listed, folded in alone: the others did not change.
    function _listedHash() private returns (bytes32 hash) {
        uint256 id = vm.snapshotState();
        setUp();
        hash = _wordsHash(0);
        vm.revertToState(id);
    }

    /// @notice Only the modules that the version changed come back, amounts with them.
    function test_otherModulesStay() public {
        _commit(_change(SLIPPAGE, 500, 600));
        skip(1);
        _set(_with(_change(CAP, 2_000_000e6, 3_000_000e6), CEILING, 50e18, 45e18));
        uint8[] memory modules = new uint8[](1);
        modules[0] = 1;
        _keep(REPORT, modules);
        _commit(_change(SLIPPAGE, 600, 700));
        skip(1);
        uint256 id = vm.snapshotState();
        _rollback(_proof(2));
        assertEq(_value(SLIPPAGE), 600);
        assertEq(_value(CAP), 3_000_000e6);
        vm.revertToState(id);
        _rollback(_proof(1));
        assertEq(_value(SLIPPAGE), 500);
        assertEq(_value(CAP), 2_000_000e6);
        assertEq(_value(CEILING), 50e18);
    }

    /// @notice The guardian takes risk out in the same way, without a report, twice in a second, whatever is frozen.
    function test_guardianRollsBack() public {
        _commit(_change(SLIPPAGE, 500, 600));
        _commit(_with(_change(SLIPPAGE, 600, 850), BUFFER, 500, 300));
        _freeze(1 days);
        _freezeKey(SLIPPAGE, 1 days);
        _guardianRollback(_proof(2));
        assertEq(_value(SLIPPAGE), 600);
        assertEq(_value(BUFFER), 500);
        _keep(0, new uint8[](1));
        _guardianRollback(_proof(1));
        assertEq(_value(SLIPPAGE), 500);
        assertEq(registry.version(CORE), 5);
    }

    /// @notice Governance's values are anchors then; the guardian's are not.
    function test_anchors() public {
        _commit(_change(SLIPPAGE, 500, 600));
        skip(1 days);
        _stewardSet(_change(SLIPPAGE, 600, 625));
        _keep(REPORT, new uint8[](1));
        skip(1);
        uint256 id = vm.snapshotState();
        _guardianRollback(_proof(1));
        assertEq(_value(SLIPPAGE), 500);
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 600);
        vm.revertToState(id);
        _rollback(_proof(1));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        skip(1 days);
        _stewardSet(_change(SLIPPAGE, 500, 525));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
    }

    /// @notice A freeze stops a rollback by governance, and is the remedy against later versions: lifted in the batch.
    function test_frozenInTheMeantime() public {
        _commit(_change(SLIPPAGE, 500, 700));
        _freeze(14 days);
        IStrategyRegistry.Proof memory proof = _proof(1);
        skip(10 days);
        uint256 until = registry.head(CORE).frozenUntil;
        _expect(abi.encodeWithSelector(IStrategyRegistry.Frozen.selector, CORE, until));
        _rollback(proof);
        vm.startPrank(governor);
        registry.unfreeze(CORE);
        registry.rollbackTo(CORE, proof, FOREVER, REPORT);
        assertEq(_value(SLIPPAGE), 500);
    }

    /// @notice A stolen guardian's key that lifts the freeze just before does not fail the batch that would have ended it.
    function test_theFreezeIsLiftedBefore() public {
        _commit(_change(SLIPPAGE, 500, 700));
        _freeze(14 days);
        IStrategyRegistry.Proof memory proof = _proof(1);
        skip(10 days);
        vm.prank(guardian);
        registry.unfreeze(CORE);
        vm.startPrank(governor);
        registry.unfreeze(CORE);
        registry.rollbackTo(CORE, proof, FOREVER, REPORT);
        assertEq(_value(SLIPPAGE), 500);
    }

    /// @notice From anywhere to any earlier version: the words are those of then, and the next proof works on top.
    function test_anyVersion(uint256[10] calldata draws, uint256 target) public {
        for (uint256 i = 0; i < draws.length; ++i) {
            int256 slippage = _value(SLIPPAGE);
            int256 skew = _value(SKEW);
            int256 next = _near(slippage, draws[i], 0, 1000);
            if (next == slippage) continue;
            _commit(
                _with(
                    _change(SLIPPAGE, slippage, next),
                    SKEW,
                    skew,
                    _near(skew, draws[i] >> 128, -1000, 1000)
                )
            );
        }
        uint256 last = registry.version(CORE);
        target = bound(target, 1, last);
        skip(1);
        IStrategyRegistry.Proof memory proof = _proof(target);
        bytes32 words = keccak256(abi.encode(proof.modules[0].words));
        bool same = words == keccak256(abi.encode(registry.wordsOf(CORE, 0)));
        if (same) _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _rollback(proof);
        if (same) return;
        assertEq(keccak256(abi.encode(registry.wordsOf(CORE, 0))), words);
        _keep(REPORT, new uint8[](1));
        skip(1);
        _rollback(_proof(last));
    }

    /// @notice A value within 250 of `value` and within the bounds.
    function _near(int256 value, uint256 draw, int256 low, int256 high)
        private
        pure
        returns (int256)
    {
        int256 to = value - 250 + int256(draw % 501);
        return to < low ? low : to > high ? high : to;
    }

    /* ERRORS, in the order of the checks */

    /// @notice A strategy that was never listed has nothing to go back to.
    function test_unknownStrategy() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        _expectUnknown();
        vm.prank(governor);
        registry.rollbackTo("x", proof, FOREVER, REPORT);
    }

    /// @notice To the second of its end, and not after it.
    function test_tooLate() public {
        _commit(_change(SLIPPAGE, 500, 600));
        skip(1);
        IStrategyRegistry.Proof memory proof = _proof(1);
        uint40 nowAt = uint40(block.timestamp);
        vm.startPrank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.TooLate.selector, nowAt - 1, nowAt));
        registry.rollbackTo(CORE, proof, nowAt - 1, REPORT);
        registry.rollbackTo(CORE, proof, nowAt, REPORT);
    }

    /// @notice Governance needs a report here, too.
    function test_reportMissing() public {
        _commit(_change(SLIPPAGE, 500, 600));
        IStrategyRegistry.Proof memory proof = _proof(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ReportMissing.selector));
        vm.prank(governor);
        registry.rollbackTo(CORE, proof, FOREVER, 0);
    }

    /// @notice The version that holds already changes nothing; nor does one whose values came back since.
    function test_noChanges() public {
        _commit(_change(SLIPPAGE, 500, 600));
        skip(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _rollback(_proof(2));
        _commit(_change(SLIPPAGE, 600, 500));
        skip(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        _rollback(_proof(1));
    }

    /// @notice A frozen parameter stays for governance; one that would not change does not matter.
    function test_keyFrozen() public {
        _commit(_change(SLIPPAGE, 500, 600));
        skip(1);
        _freezeKey(BUFFER, 2 days);
        uint256 id = vm.snapshotState();
        _rollback(_proof(1));
        vm.revertToState(id);
        _freezeKey(SLIPPAGE, 1 days);
        uint256 until = block.timestamp + 1 days;
        _expect(abi.encodeWithSelector(IStrategyRegistry.KeyIsFrozen.selector, SLIPPAGE, until));
        _rollback(_proof(1));
    }

    /// @notice Today's bounds hold, for both.
    function test_bounds() public {
        _commit(_change(SLIPPAGE, 500, 700));
        Spec memory spec = _slippage();
        spec.minimum = 501;
        _narrow(SLIPPAGE, spec);
        skip(1);
        bytes memory error_ =
            abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, SLIPPAGE, 500, 501);
        _expect(error_);
        _rollback(_proof(1));
        _expect(error_);
        _guardianRollback(_proof(1));
    }

    /// @notice What was given up does not come back, for both; what had its value then already is not asked.
    function test_abdicated() public {
        _commit(_change(SLIPPAGE, 500, 700));
        skip(1);
        _abdicate(BUFFER, 500);
        uint256 id = vm.snapshotState();
        _rollback(_proof(1));
        vm.revertToState(id);
        _abdicate(SLIPPAGE, 700);
        _expectKey(IStrategyRegistry.Abdicated.selector, SLIPPAGE);
        _rollback(_proof(1));
        _expectKey(IStrategyRegistry.Abdicated.selector, SLIPPAGE);
        _guardianRollback(_proof(1));
    }

    /// @notice Every single move of the guardian's must reduce risk.
    function test_addsRisk() public {
        _commit(_with(_change(SLIPPAGE, 500, 600), BUFFER, 500, 600));
        bytes4 rule = IStrategyRegistry.AddsRisk.selector;
        _expect(abi.encodeWithSelector(rule, BUFFER, 600, 500));
        _guardianRollback(_proof(1));
        _commit(_with(_change(BUFFER, 600, 500), SKEW, -200, -201));
        _expect(abi.encodeWithSelector(rule, SKEW, -201, -200));
        _guardianRollback(_proof(1));
    }

    /// @notice Governance moves a parameter once in a block here, too: no vote goes to and fro.
    function test_changedJustNow() public {
        _commit(_change(SLIPPAGE, 500, 700));
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.ChangedJustNow.selector, SLIPPAGE, block.timestamp
            )
        );
        _rollback(_proof(1));
        _guardianRollback(_proof(1));
        assertEq(_value(SLIPPAGE), 500);
    }

    /// @notice The rules between parameters hold for both; the outside world is asked for governance alone.
    function test_validatorRefuses() public {
        _commit(_change(SLIPPAGE, 500, 700));
        skip(1);
        validator.refuseOutside(0);
        IStrategyRegistry.Proof memory proof = _proof(1);
        bytes memory error_ = abi.encodeWithSelector(
            PickyValidator.Refused.selector, CORE, uint8(0), proof.modules[0].words
        );
        _expect(error_);
        _rollback(proof);
        uint256 id = vm.snapshotState();
        _guardianRollback(proof);
        vm.revertToState(id);
        validator.refuse(0);
        _expect(error_);
        _guardianRollback(proof);
    }
}
