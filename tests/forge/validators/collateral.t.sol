// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {ValidatorTest} from "./ValidatorTest.sol";

/// @notice Rules of the collateral module.
contract CollateralRulesTest is ValidatorTest {
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
                    IParamValidator.NoRoomForBuffer.selector, (1 << 8) | (3 + i), 9001, 1000
                )
            );
            _put(3 + i, 5000);
        }
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
}
