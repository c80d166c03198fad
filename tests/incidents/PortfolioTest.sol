// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {IRebalancingVault} from "../../contracts/interfaces/IRebalancingVault.sol";
import {OracleHub} from "../../contracts/OracleHub.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {DemoVenue} from "../../contracts/venues/DemoVenue.sol";
import {VaultTest} from "../forge/RebalancingVault/VaultTest.sol";
import {Governed} from "./Governed.sol";
import {UncheckedHub} from "./doubles/UncheckedHub.sol";
import {UnguardedVault} from "./doubles/UnguardedVault.sol";

/// @notice A DAO's portfolio of the incident's size, over the real hub or over the unguarded one.
abstract contract PortfolioTest is VaultTest, Governed {
    IOracleHub internal oracles;

    function setUp() public virtual override {
        super.setUp();
        _foundDao();
    }

    function _realHub() internal returns (IOracleHub) {
        return new OracleHub(address(timelock), IAggregatorV3(address(0)), 1 days, 200);
    }

    function _unguardedHub() internal returns (IOracleHub) {
        return IOracleHub(address(new UncheckedHub()));
    }

    /// @notice Lists all tokens at `hub_`, and makes a vault of them that stands at these weights, with a venue that
    /// trades at the hub's price and costs nothing.
    function _openPortfolio(IOracleHub hub_, uint16[] memory weights, uint256 dollars)
        internal
        returns (UnguardedVault made)
    {
        oracles = hub_;
        address[] memory assets = new address[](tokens.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            assets[i] = address(tokens[i]);
            IOracleHub.Feed memory feed = _feedOf(feeds[i]);
            vm.prank(address(timelock));
            oracles.proposeFeed(assets[i], feed);
        }
        RebalancingVault.Setup memory setup = _setup(assets);
        setup.hub = oracles;
        made = new UnguardedVault(setup);
        vault = made;
        _grantAll(vault);
        IRebalancingVault.Params memory p = _defaults();
        for (uint256 i = 0; i < 8; ++i) {
            p.targetWeight[i] = i < weights.length ? weights[i] : 0;
        }
        _apply(p);
        venue = _freeVenue();
        vault.setVenue(venue, true);
        _deposit(alice, dollars);
        made.rebalanceUnguarded(_purchases(weights, dollars));
        _later(30 days);
    }

    /// @notice One source, a band of a factor of twenty either way, two days of staleness.
    function _feedOf(IAggregatorV3 source) internal view returns (IOracleHub.Feed memory feed) {
        (, int256 answer,,,) = source.latestRoundData();
        uint256 price = uint256(answer) * 10 ** (18 - source.decimals());
        feed.primary = source;
        feed.maxStaleness = 2 days;
        (feed.minPrice, feed.maxPrice) = (uint128(price / 20), uint128(price * 20));
    }

    function _freeVenue() internal returns (DemoVenue made) {
        DemoVenue.Market[] memory markets = new DemoVenue.Market[](tokens.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            markets[i] = DemoVenue.Market(address(tokens[i]), 0, 0);
        }
        made = new DemoVenue(oracles, markets);
        for (uint256 i = 0; i < tokens.length; ++i) {
            tokens[i].mint(address(made), 1e30);
        }
    }

    function _purchases(uint16[] memory weights, uint256 dollars)
        private
        view
        returns (IRebalancingVault.Trade[] memory trades)
    {
        trades = new IRebalancingVault.Trade[](weights.length - 1);
        for (uint256 i = 1; i < weights.length; ++i) {
            trades[i - 1] = _trade(0, i, dollars * 1e6 * weights[i] / 10_000);
        }
    }
}
