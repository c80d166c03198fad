// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAavePool} from "../../../contracts/interfaces/IAavePool.sol";
import {ILendingVenue} from "../../../contracts/interfaces/ILendingVenue.sol";
import {AaveV3Lending} from "../../../contracts/lending/AaveV3Lending.sol";
import {AaveTest, IAavePoolAdmin} from "./AaveTest.sol";

/// @notice The adapter on the real pool of Aave v3.
contract AaveV3LendingTest is AaveTest {
    AaveV3Lending private _venue;

    function setUp() public override {
        super.setUp();
        _venue = new AaveV3Lending(IAavePool(address(pool)));
    }

    /// @notice An asset that Aave does not list is no collateral there.
    function test_unlisted() public view {
        assertEq(_venue.liquidationThreshold(token), 0);
    }

    /// @notice The threshold is the one that Aave's configurator set, whatever else the configuration holds.
    function test_reads(uint16 threshold, uint256 rest) public {
        _list(token);
        _configure((rest & ~(uint256(type(uint16).max) << 16)) | uint256(threshold) << 16);
        assertEq(_venue.liquidationThreshold(token), threshold);
    }

    /// @notice Through the list of venues, within a quarter of the gas of a question, and live: Aave lowers it.
    function test_throughTheList() public {
        _list(token);
        // LTV 73 %, threshold 78 %, bonus 5 %, 8 decimals, active, may be borrowed
        uint256 rest = 7300 | 10_500 << 32 | 8 << 48 | 1 << 56 | 1 << 58;
        _configure(rest | 7800 << 16);
        ILendingVenue[] memory venues = new ILendingVenue[](1);
        venues[0] = _venue;
        _set(venues);
        assertEq(thresholds.thresholdOf(CORE, WBTC), 7800);
        _configure(rest | 7000 << 16);
        assertEq(thresholds.thresholdOf(CORE, WBTC), 7000);
        vm.cool(address(pool));
        uint256 gas = gasleft();
        thresholds.thresholdOf(CORE, WBTC);
        assertLt(4 * (gas - gasleft()), thresholds.READ_GAS());
    }

    function _configure(uint256 data) private {
        pool.setConfiguration(token, IAavePoolAdmin.Configuration(data));
    }
}
