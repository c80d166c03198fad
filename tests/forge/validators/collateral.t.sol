// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../../../contracts/interfaces/ILendingVenue.sol";
import {ILendingVenues} from "../../../contracts/interfaces/ILendingVenues.sol";
import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {LendingDouble} from "../doubles/LendingDouble.sol";
import {ValidatorTest} from "./ValidatorTest.sol";

/// @notice Rules of the collateral module.
contract CollateralRulesTest is ValidatorTest {
    address private _token = makeAddr("token");

    uint256 private constant CEILING = 5;
    uint256 private constant GAP = 6;

    function setUp() public {
        module = 1;
        words = new uint256[](7);
        for (uint256 i = 0; i < 2; ++i) {
            _put(i, 3000);
            _put(3 + i, 5000);
        }
        _put(6, 1000);
        _put(8, 1_600_000);
        _put(9, 1_250_000);
        (words[CEILING], words[GAP]) = (1_000_000e6, 100_000e6);
    }

    /// @notice The defaults pass, with a third collateral that is not there.
    function test_defaults() public view {
        _passes();
    }

    /// @notice targetLtv <= maxLtv, for each collateral.
    function test_ltvs() public {
        for (uint256 i = 0; i < 3; ++i) {
            _checkOrder(i, 3 + i, 4000, false);
        }
    }

    /// @notice maxLtv and the buffer leave a liquidation threshold of at most 100 %, for each collateral.
    function test_noRoomForBuffer() public {
        for (uint256 i = 0; i < 3; ++i) {
            _put(3 + i, 9000);
            _passes();
            _put(3 + i, 9001);
            _fails(
                abi.encodeWithSelector(
                    IParamValidator.NoRoomForBuffer.selector, (1 << 8) | (3 + i), 9001, 1000, 10_000
                )
            );
            _put(3 + i, 5000);
        }
    }

    /// @notice The lowest threshold of the venues is the limit, for the collateral that is borrowed against there.
    function test_venuesSetTheLimit() public {
        (LendingDouble first,) = _borrowAt(8000, 7500);
        _put(3, 6500);
        _put(4, 9000);
        _passes();
        _put(3, 6501);
        _failsFor(6501, 7500);
        // It is read live: what passed with the old threshold fails with the new one.
        _put(3, 6500);
        first.setThreshold(7499);
        _failsFor(6500, 7499);
    }

    /// @notice A venue that does not answer stops what adds debt, and names itself.
    function test_unreadableVenueStopsDebt() public {
        (LendingDouble first,) = _borrowAt(8000, 7500);
        first.feel(LendingDouble.Mood.Reverts);
        _fails(abi.encodeWithSelector(ILendingVenues.VenueUnreadable.selector, first, _token));
    }

    /// @notice Without debt no venue is asked: a strategy can leave a broken one.
    function test_withoutDebtNobodyIsAsked() public {
        (LendingDouble first,) = _borrowAt(8000, 7500);
        first.feel(LendingDouble.Mood.BurnsGas);
        _put(0, 0);
        _put(3, 0);
        _passes();
    }

    /// @notice A reduction is asked for the rules between the parameters alone, whatever the venues say or fail to say.
    function test_reductionsAskNobody() public {
        (LendingDouble first,) = _borrowAt(4000, 4000);
        validator.validateReduction(CORE, module, words);
        first.feel(LendingDouble.Mood.Reverts);
        validator.validateReduction(CORE, module, words);
        _put(3, 9001);
        vm.expectRevert(
            abi.encodeWithSelector(
                IParamValidator.NoRoomForBuffer.selector, (1 << 8) | 3, 9001, 1000, 10_000
            )
        );
        validator.validateReduction(CORE, module, words);
    }

    /// @notice Another strategy's venues set no limit.
    function test_venuesOfAnotherStrategy() public {
        _borrowAt(4000, 4000);
        validator.validate("other", module, words);
        _failsFor(5000, 4000);
    }

    /// @notice ripcordHealthFactor < deleverHealthFactor.
    function test_healthFactors() public {
        _checkOrder(9, 8, 1_500_000, true);
    }

    /// @notice The gap is at most a fifth of the ceiling, rounded down.
    function test_gapTooWide(uint256 ceiling) public {
        ceiling = bound(ceiling, 0, 1e38);
        (words[CEILING], words[GAP]) = (ceiling, ceiling / 5);
        _passes();
        words[GAP] = ceiling / 5 + 1;
        _fails(
            abi.encodeWithSelector(IParamValidator.GapTooWide.selector, ceiling / 5 + 1, ceiling)
        );
    }

    /// @notice The strategy borrows against the first collateral at two venues of these thresholds.
    function _borrowAt(uint256 first, uint256 second)
        private
        returns (LendingDouble one, LendingDouble other)
    {
        (one, other) = (new LendingDouble(), new LendingDouble());
        one.setThreshold(first);
        other.setThreshold(second);
        ILendingVenue[] memory both = new ILendingVenue[](2);
        (both[0], both[1]) = (one, other);
        vm.prank(governor);
        venues.setVenues(CORE, 0, _token, both);
    }

    function _failsFor(uint256 maxLtv, uint256 threshold) private {
        _fails(
            abi.encodeWithSelector(
                IParamValidator.NoRoomForBuffer.selector, (1 << 8) | 3, maxLtv, 1000, threshold
            )
        );
    }
}
