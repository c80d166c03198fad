// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {OracleHub} from "../../../contracts/OracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {Test} from "../../forge/Test.sol";
import {LendingMarket} from "./LendingMarket.sol";
import {UncheckedHub} from "./UncheckedHub.sol";

/// @notice A lending market that believes a hub; a test opens it on ours or on the one without guards, and does the
/// same to both. The test is the hub's governor.
abstract contract LendingTest is Test {
    uint256 internal constant DELAY = 1 days;
    uint256 internal constant JUMP_BPS = 200;

    address internal borrower = makeAddr("borrower");
    address internal attacker = makeAddr("attacker");
    IOracleHub internal hub;
    LendingMarket internal market;

    function _guarded() internal returns (IOracleHub) {
        return new OracleHub(address(this), IAggregatorV3(address(0)), DELAY, JUMP_BPS);
    }

    function _unguarded() internal returns (IOracleHub) {
        return IOracleHub(address(new UncheckedHub()));
    }

    /// @dev One source with a band of a tenth to ten times `expected` (dollars, 18 decimals).
    function _feed(TestFeed source, uint256 expected)
        internal
        pure
        returns (IOracleHub.Feed memory)
    {
        return IOracleHub.Feed({
            primary: source,
            secondary: IAggregatorV3(address(0)),
            maxStaleness: 2 days,
            secondaryMaxStaleness: 0,
            maxDeviationBps: 0,
            minPrice: uint128(expected / 10),
            maxPrice: uint128(expected * 10)
        });
    }

    /// @dev Lends `owed` to the borrower against `posted`, out of as much as is there.
    function _borrow(uint256 posted, uint256 owed) internal {
        market.collateral().mint(borrower, posted);
        market.debt().mint(address(market), owed);
        vm.startPrank(borrower);
        market.collateral().approve(address(market), posted);
        market.supply(posted);
        market.borrow(owed);
        vm.stopPrank();
    }

    /// @dev The attacker liquidates with what it takes.
    function _liquidate() internal returns (uint256 repaid, uint256 seized) {
        TestToken debt = market.debt();
        debt.mint(attacker, market.debtOf(borrower));
        vm.startPrank(attacker);
        debt.approve(address(market), type(uint256).max);
        (repaid, seized) = market.liquidate(borrower);
        vm.stopPrank();
    }
}
