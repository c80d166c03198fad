// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILiquidationThresholds} from "../../contracts/interfaces/ILiquidationThresholds.sol";
import {IParamValidator} from "../../contracts/interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {StrategyValidator} from "../../contracts/validators/StrategyValidator.sol";
import {RegistryTest} from "../forge/StrategyRegistry/RegistryTest.sol";
import {InterestPool} from "./doubles/InterestPool.sol";
import {IValues, UncheckedRegistry} from "./doubles/UncheckedRegistry.sol";

/// @title Aave v2 FEI: a reserve factor of exactly 100 %
/// @notice To wind FEI down, a vote gave the protocol all of its interest. At exactly 100 % suppliers are paid at a rate
/// of zero, and the code skips the update of what borrowers owe together with that of what suppliers own: debt stood
/// still, and the protocol got nothing either. Rebuilt: a reserve of 12.5 million with this branch, whose share is the
/// performance fee of the catalogue.
/// @custom:row 4
/// @custom:date 2022-09-05
/// @custom:loss the interest of the reserve; the amount was not published
/// @custom:cause the last value of a range, which means something else than all others
/// @custom:label stopped
/// @custom:guard StrategyRegistry.setParams: AboveMaximum, JumpTooLarge; activateSpec: SpecNotReady; StrategyValidator: FeesTooHigh
contract Incident04Test is RegistryTest {
    bytes32 private constant RESERVE = "FEI";
    uint16 private constant SHARE = 3 << 8;
    int64 private constant MAXIMUM = 500_000;
    uint256 private constant SUPPLIED = 12_500_000e18;
    uint256 private constant INTEREST = 1_000_000e18;

    IParamValidator private _validator;

    function setUp() public override {
        super.setUp();
        _validator = validator;
    }

    /// @notice Without guards a year at 100 % earns nothing, of which the protocol gets all: a million dollars are
    /// missing.
    function test_harm_aYearsInterestOfAMillionIsNotOwed() public {
        UncheckedRegistry values = new UncheckedRegistry();
        values.set(RESERVE, SHARE, 1_000_000);
        InterestPool pool = _year(values);
        assertEq(pool.debt(), SUPPLIED * 8 / 10);
        assertEq(pool.kept(), 0);
    }

    /// @notice A hair less than 100 % is as it was meant: it is the last value alone that is wrong.
    function test_harm_isOfTheLastValueAlone() public {
        UncheckedRegistry values = new UncheckedRegistry();
        values.set(RESERVE, SHARE, 999_987);
        InterestPool pool = _year(values);
        assertEq(pool.debt(), SUPPLIED * 8 / 10 + INTEREST);
        assertEq(pool.kept(), INTEREST * 999_987 / 1_000_000);
    }

    /// @notice 100 % is beyond the hard bound: no vote sets it.
    function test_guard_wholeIsAboveTheMaximum() public {
        _list(150_000);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.AboveMaximum.selector, SHARE, 1_000_000, MAXIMUM
            )
        );
        _setShare(150_000, 1_000_000);
    }

    /// @notice Nor does a vote go anywhere near it at once: 5 points are the most.
    function test_guard_jumpIsFivePoints() public {
        _list(150_000);
        _expect(
            abi.encodeWithSelector(IStrategyRegistry.JumpTooLarge.selector, SHARE, 50_001, 50_000)
        );
        _setShare(150_000, 200_001);
    }

    /// @notice Nor is the bound itself moved in one vote: a wider one waits a week more, in which the guardian may end it.
    function test_guard_boundWidensOnlyAfterAWeek() public {
        _list(150_000);
        Spec memory spec = _share();
        spec.maximum = 1_000_000;
        vm.prank(governor);
        registry.proposeSpec(RESERVE, SHARE, _pack(spec));
        skip(7 days - 1);
        _expect(
            abi.encodeWithSelector(
                IStrategyRegistry.SpecNotReady.selector, SHARE, vm.getBlockTimestamp() + 1
            )
        );
        registry.activateSpec(RESERVE, SHARE);
        vm.prank(guardian);
        registry.cancelSpec(RESERVE, SHARE);
        skip(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.SpecNotProposed.selector, SHARE));
        registry.activateSpec(RESERVE, SHARE);
    }

    /// @notice And beyond a bound that was widened all the same, the rule between the fees still holds: half is the most.
    function test_guard_widenedBoundMeetsTheValidator() public {
        _validator = new StrategyValidator(ILiquidationThresholds(address(0)));
        _list(500_000);
        Spec memory spec = _share();
        spec.maximum = 1_000_000;
        vm.prank(governor);
        registry.proposeSpec(RESERVE, SHARE, _pack(spec));
        skip(7 days);
        registry.activateSpec(RESERVE, SHARE);
        _expect(abi.encodeWithSelector(IParamValidator.FeesTooHigh.selector, 500_001, 500_000));
        _setShare(500_000, 500_001);
    }

    /// @notice Every value that the registry holds earns the whole interest, the first and the last included.
    function test_guard_interestAccruesAtEveryValue(uint256 value) public {
        value = bound(value, 0, uint256(int256(MAXIMUM)));
        _list(int256(value));
        InterestPool pool = _year(IValues(address(registry)));
        assertEq(pool.debt(), SUPPLIED * 8 / 10 + INTEREST);
        assertEq(pool.kept(), INTEREST * value / 1e6);
    }

    function _year(IValues values) private returns (InterestPool pool) {
        pool = new InterestPool(values, RESERVE, SHARE, SUPPLIED);
        skip(365 days);
        pool.accrue();
    }

    /// @dev As `performanceFee` in the catalogue.
    function _share() private pure returns (Spec memory spec) {
        spec = _slippage();
        (spec.maximum, spec.risk, spec.cooldown) = (MAXIMUM, UP_RISK, 7 days);
        (spec.stepUp, spec.stepDown, spec.jump) = (10_000, 10_000, 50_000);
    }

    function _list(int256 value) private {
        IStrategyRegistry.Listing[] memory all = new IStrategyRegistry.Listing[](1);
        all[0] = _listing(SHARE, _share(), value, "performanceFee");
        uint256[] memory words = new uint256[](4);
        words[3] = 1;
        vm.prank(governor);
        registry.listStrategy(RESERVE, _validator, words, all);
        skip(30 days);
    }

    function _setShare(int256 from, int256 to) private {
        vm.prank(governor);
        registry.setParams(RESERVE, _change(SHARE, from, to), 0, FOREVER, REPORT);
    }
}
