// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../contracts/interfaces/IAggregatorV3.sol";
import {ILendingVenue} from "../../contracts/interfaces/ILendingVenue.sol";
import {ILendingVenues} from "../../contracts/interfaces/ILendingVenues.sol";
import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {LendingVenues} from "../../contracts/lending/LendingVenues.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {PortfolioTest} from "./PortfolioTest.sol";
import {ForeignFeed, ForeignVenue} from "./doubles/ForeignFeed.sol";

/// @title Aave v2 Polygon AIP-224: interest-rate strategies made for another market
/// @notice A vote gave four reserves new interest-rate strategies. They were built for the market on Ethereum, whose
/// `calculateInterestRates` takes other arguments, so every action that called them reverted. Rebuilt: one vote gives the
/// same four assets a contract that is called at every action (here their feeds) and that knows the function only with
/// another argument.
/// @custom:row 3
/// @custom:date 2023-05-19
/// @custom:loss about $110 million stuck until the fix, nothing lost
/// @custom:cause a contract with another interface, put in place by a vote that never called it
/// @custom:label stopped
/// @custom:guard OracleHub.proposeFeed: FeedUnreadable; LendingVenues.setVenues: VenueUnreadable
contract Incident03Test is PortfolioTest {
    uint256 private constant STUCK = 110_000_000;
    /// @dev A fifth more, in USDC, which the vote leaves alone.
    uint256 private constant DOLLARS = STUCK * 5 / 4;

    function setUp() public override {
        super.setUp();
        _list("WMATIC", 18, 1);
        _list("USDT", 6, 1);
    }

    /// @notice Uncalled, the contracts are put in place, and 110 million dollars in four assets stop.
    function test_harm_110MillionAreStuck() public {
        dao.execute(_aip224(_unguardedHub()));
        for (uint256 i = 1; i < 5; ++i) {
            vm.expectRevert(bytes(""));
            oracles.price(address(tokens[i]));
        }
        assertEq(vault.maxWithdraw(alice), 0);
        vm.expectRevert(bytes(""));
        vm.prank(alice);
        vault.withdraw(1e6, alice, alice);
        assertApproxEqAbs(_heldBesidesUsdc(), STUCK * 1e18, 1e18);
    }

    /// @notice The real hub calls them while they are proposed: the vote cannot be executed, and nothing stops.
    function test_guard_callInTheVoteRefusesThem() public {
        uint256 id = _aip224(_realHub());
        vm.expectPartialRevert(IOracleHub.FeedUnreadable.selector);
        dao.execute(id);
        assertApproxEqAbs(vault.nav(), DOLLARS * 1e18, 1e18);
        vm.prank(alice);
        vault.withdraw(DOLLARS * 1e6 / 5, alice, alice);
    }

    /// @notice Each of the four is refused by itself.
    function test_guard_eachIsRefused() public {
        _aip224(_realHub());
        for (uint256 i = 1; i < 5; ++i) {
            IOracleHub.Feed memory feed = _foreign(feeds[i]);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOracleHub.FeedUnreadable.selector, tokens[i], address(feed.primary)
                )
            );
            vm.prank(address(timelock));
            oracles.proposeFeed(address(tokens[i]), feed);
        }
    }

    /// @notice So it is with the other address that a vote sets and that is called at every change: a lending venue of
    /// another version is never set.
    function test_guard_lendingVenueIsCalledAsWell() public {
        LendingVenues venues = new LendingVenues(address(timelock));
        ILendingVenue[] memory some = new ILendingVenue[](1);
        some[0] = ILendingVenue(address(new ForeignVenue()));
        address asset = address(tokens[WETH]);
        uint256 id = _passed(
            address(venues),
            abi.encodeCall(ILendingVenues.setVenues, (STRATEGY, 0, asset, some)),
            "# Another venue"
        );
        vm.expectRevert(
            abi.encodeWithSelector(ILendingVenues.VenueUnreadable.selector, some[0], asset)
        );
        dao.execute(id);
    }

    function _aip224(IOracleHub hub_) private returns (uint256 id) {
        uint16[] memory weights = new uint16[](5);
        for (uint256 i = 0; i < 5; ++i) {
            weights[i] = 2000;
        }
        _openPortfolio(hub_, weights, DOLLARS);
        (address[] memory targets, bytes[] memory calls) = (new address[](4), new bytes[](4));
        for (uint256 i = 0; i < 4; ++i) {
            targets[i] = address(oracles);
            calls[i] = abi.encodeCall(
                IOracleHub.proposeFeed, (address(tokens[i + 1]), _foreign(feeds[i + 1]))
            );
        }
        id = _passed(targets, calls, "# AIP-224");
        _refresh();
    }

    function _foreign(TestFeed source) private returns (IOracleHub.Feed memory feed) {
        feed = _feedOf(source);
        feed.primary = IAggregatorV3(address(new ForeignFeed(source)));
    }

    function _heldBesidesUsdc() private view returns (uint256 dollars) {
        for (uint256 i = 1; i < 5; ++i) {
            (, int256 answer,,,) = feeds[i].latestRoundData();
            dollars += vault.balanceOfAsset(i) * uint256(answer) * 1e10 / 10 ** tokens[i].decimals();
        }
    }
}
