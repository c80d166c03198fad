// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "../forge/StrategyRegistry/RegistryTest.sol";
import {StablePool} from "./doubles/StablePool.sol";
import {IValues, UncheckedRegistry} from "./doubles/UncheckedRegistry.sol";

/// @title Curve and Swerve: the amplification of a pool changed in one step
/// @notice Governance set the amplification A of StableSwap pools in one step. Who swaps a pool far out of balance just
/// before, and back just after, keeps up to 1 - (new / old)^(1/5) of a pool of four coins: 12.9 % where yCurve went from
/// 2000 to 1000, 36.9 % or $92 million where Swerve went to a tenth. It was found before it was used. Rebuilt: yCurve's
/// step, in a pool of Swerve's size, with A a parameter of the registry.
/// @custom:row 5
/// @custom:date 2020-09-19
/// @custom:loss none; $92 million (36.9 %) were at risk at Swerve
/// @custom:cause a parameter of a price curve that takes effect in one step of any size
/// @custom:label limited
/// @custom:guard StrategyRegistry.setParams: JumpTooLarge, ChangedJustNow; stewardSet: BeyondReach
/// @custom:left 2.08 % of the pool by a change of 10 %, 0.73 % where a swap costs 0.04 %; then nothing by a change of 1 %
contract Incident05Test is RegistryTest {
    bytes32 private constant POOL = "y pool";
    uint16 private constant A = 0;
    uint256 private constant EACH = 62_500_000e18;
    uint256 private constant SWAP_FEE = 4;

    StablePool private _pool;

    /// @notice Without guards, and without a fee, the step from 2000 to 1000 gives 12.9 % of the pool to whoever swaps
    /// around it, as the report's formula says: 32 million dollars.
    function test_harm_32MillionAreSwappedOutAroundTheStep() public {
        UncheckedRegistry values = new UncheckedRegistry();
        values.set(POOL, A, 2000);
        _pool = new StablePool(values, POOL, A, 0, EACH);
        (uint256 paid, uint256[3] memory got) = _swapOut(100 * EACH);
        values.set(POOL, A, 1000);
        int256 gained = _swapBack(paid, got);
        assertEq(gained * 1000 / int256(4 * EACH), 129);
        assertEq(gained / 1e24, 32);
    }

    /// @notice Without a change of A the same swaps gain nothing: the step is what pays.
    function test_harm_withoutTheStepThereIsNone() public {
        UncheckedRegistry values = new UncheckedRegistry();
        values.set(POOL, A, 2000);
        _pool = new StablePool(values, POOL, A, 0, EACH);
        (uint256 paid, uint256[3] memory got) = _swapOut(100 * EACH);
        assertTrue(_swapBack(paid, got) < 1e9);
    }

    /// @notice Listed with a largest change of 10 %, A cannot be halved, not even by two calls of one proposal.
    function test_guard_halvingIsRefused() public {
        _list(1000);
        _expect(abi.encodeWithSelector(IStrategyRegistry.JumpTooLarge.selector, A, 1000, 200));
        _setA(2000, 1000);
        _setA(2000, 1800);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.ChangedJustNow.selector, A, vm.getBlockTimestamp()
            )
        );
        _setA(1800, 1620);
    }

    /// @notice Nor does a steward walk there: after one largest change his next step down is beyond his reach, until
    /// governance speaks again.
    function test_guard_stewardDoesNotWalkThere() public {
        _list(1000);
        _stewardSetsA(2000, 1800);
        skip(1 days);
        _expect(abi.encodeWithSelector(IStrategyRegistry.BeyondReach.selector, A, 1799, 2000, 200));
        _stewardSetsA(1800, 1799);
    }

    /// @notice What is left by the largest change, 10 %: 2.08 % without a fee.
    function test_guard_largestChangeLeaves208BasisPoints() public {
        _list(1000);
        _pool = new StablePool(IValues(address(registry)), POOL, A, 0, EACH);
        assertEq(_sandwich(100 * EACH, 1800), 20_796);
    }

    /// @notice With a fee of 0.04 % the best of these sizes gains 0.73 % by a change of 10 %.
    function test_guard_largestChangeLeaves73BasisPointsAfterFees() public {
        _list(1000);
        assertEq(_best(1800), 7348);
    }

    /// @notice Listed with a largest change of 1 %, nothing is left: the fee is more than any of these sizes gains.
    function test_guard_smallChangeLeavesNothing() public {
        _list(100);
        assertTrue(_best(1980) < 0);
    }

    /// @return best What the attacker gains at most, in millionths of the pool, over many sizes of his swaps.
    function _best(int256 to) private returns (int256 best) {
        best = type(int256).min;
        for (uint256 size = 90; size <= 200; size += 5) {
            uint256 state = vm.snapshotState();
            _pool = new StablePool(IValues(address(registry)), POOL, A, SWAP_FEE, EACH);
            int256 gained = _sandwich(EACH * size / 100, to);
            vm.revertToState(state);
            if (gained > best) best = gained;
        }
    }

    function _sandwich(uint256 size, int256 to) private returns (int256) {
        (uint256 paid, uint256[3] memory got) = _swapOut(size);
        _setA(2000, to);
        return _swapBack(paid, got) * 1e6 / int256(4 * EACH);
    }

    /// @dev Sells as much of the first coin for each of the others.
    function _swapOut(uint256 size) private returns (uint256 paid, uint256[3] memory got) {
        for (uint256 i; i < 3; ++i) {
            got[i] = _pool.swap(0, i + 1, size);
        }
        paid = 3 * size;
    }

    function _swapBack(uint256 paid, uint256[3] memory got) private returns (int256) {
        uint256 back;
        for (uint256 i = 3; i > 0; --i) {
            back += _pool.swap(i, 0, got[i - 1]);
        }
        return int256(back) - int256(paid);
    }

    /// @param jump largest change by one version, in hundredths of a percent
    function _list(uint32 jump) private {
        Spec memory spec = _slippage();
        (spec.minimum, spec.maximum, spec.risk, spec.relative) = (10, 5000, BOTH_RISK, true);
        (spec.stepUp, spec.stepDown, spec.jump) = (jump, jump, jump);
        IStrategyRegistry.Listing[] memory all = new IStrategyRegistry.Listing[](1);
        all[0] = _listing(A, spec, 2000, "amplification");
        uint256[] memory words = new uint256[](1);
        words[0] = 1;
        vm.prank(governor);
        registry.listStrategy(POOL, validator, words, all);
        skip(30 days);
    }

    function _stewardSetsA(int256 from, int256 to) private {
        vm.prank(steward);
        registry.stewardSet(POOL, _change(A, from, to), from == 2000 ? 1 : 2, FOREVER, REPORT);
    }

    function _setA(int256 from, int256 to) private {
        vm.prank(governor);
        registry.setParams(POOL, _change(A, from, to), 0, FOREVER, REPORT);
    }
}
