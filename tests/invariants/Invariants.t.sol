// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../contracts/interfaces/IAggregatorV3.sol";
import {ILiquidationThresholds} from "../../contracts/interfaces/ILiquidationThresholds.sol";
import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {OracleHub} from "../../contracts/OracleHub.sol";
import {ParameterExecutor} from "../../contracts/ParameterExecutor.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {StrategyRegistry} from "../../contracts/StrategyRegistry.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {StrategyValidator} from "../../contracts/validators/StrategyValidator.sol";
import {DemoVenue} from "../../contracts/venues/DemoVenue.sol";
import {HostileVault} from "../forge/doubles/HostileVault.sol";
import {LyingVenue} from "../forge/doubles/LyingVenue.sol";
import {OddToken} from "../forge/doubles/OddToken.sol";
import {RebalancingListing} from "../forge/StrategyRegistry/RebalancingListing.sol";
import {Depositors} from "./Depositors.sol";
import {Keeper} from "./Keeper.sol";
import {Market} from "./Market.sol";
import {Powers} from "./Powers.sol";
import {System} from "./System.sol";

/// @title What holds whatever anybody does
/// @notice Registry, executor, hub and vault as they are deployed, and everybody at once: depositors, a donor, a market,
/// a keeper, a venue, a governance, a steward, a guardian and a hostile vault. What one act may do is asserted where it
/// is done; what must hold between any two, here.
contract InvariantsTest is RebalancingListing {
    System private _system;
    Depositors private _depositors;
    Keeper private _keeper;
    Market private _market;
    Powers private _powers;

    event log_named_uint(string name, uint256 value);

    function setUp() public override {
        vm.warp(START);
        _system.governor = governor;
        (_system.steward, _system.guardian) = (steward, guardian);
        _openRegistry();
        _openVault(_openHub());
        _depositors = new Depositors(_system);
        _market = new Market(_system);
        _powers = new Powers(_system, _keys());
        _keeper = new Keeper(_system);
        _system.vault.grantRole(_system.vault.KEEPER_ROLE(), address(_keeper));
        _system.executor.applyAll(CORE);
        _depositors.deposit(0, 1e12);
        targetContract(address(_depositors));
        targetContract(address(_market));
        targetContract(address(_powers));
        targetContract(address(_keeper));
    }

    /* WHAT HOLDS */

    /// @notice Nothing is lost and nothing comes from nowhere: of every token the vault has what it records, what it has
    /// set aside and what was given to it, to the unit; its shares are those of the depositors.
    function invariant_nothingIsLost() public view {
        RebalancingVault vault = _system.vault;
        uint256 shares = 0;
        for (uint256 i = 0; i < _system.tokens.length; ++i) {
            OddToken token = _system.tokens[i];
            uint256 known = vault.balanceOfAsset(i) + _depositors.donated(i);
            for (uint256 who = 0; who < _depositors.COUNT(); ++who) {
                known += vault.setAside(address(token), _depositors.actors(who));
            }
            assertEq(token.balanceOf(address(vault)), known);
            shares += vault.balanceOf(_depositors.actors(i));
        }
        assertEq(vault.totalSupply(), shares);
        _assertVersions();
        _assertTargets();
    }

    /// @dev No vault is ahead of the registry; the executor knows where the good one is, and never gives up on it.
    function _assertVersions() private view {
        uint256 committed = _system.registry.version(CORE);
        uint256 applied = _system.vault.appliedVersion();
        assertLe(applied, committed, "ahead of the registry");
        assertEq(_system.executor.recordOf(address(_system.vault)).appliedVersion, applied);
        assertEq(_system.executor.recordOf(address(_system.vault)).failures, 0);
        assertLe(_system.executor.recordOf(address(_system.hostile)).appliedVersion, committed);
        if (applied != committed) return;
        bytes memory words = abi.encode(_system.registry.wordsOf(CORE, 0));
        assertEq(abi.encode(_system.vault.appliedWords()), words, "not the committed words");
    }

    /// @dev The targets are the whole at any time, on their ramp or not.
    function _assertTargets() private view {
        uint256[] memory targets = _system.vault.targetWeightsNow();
        assertEq(targets[0] + targets[1] + targets[2], 1e18);
    }

    /// @notice In the end everybody leaves in kind, without a price, a feed or a thawed token, and no more than dust
    /// stays. And the run was one: each kind of act came to something.
    function afterInvariant() public {
        _leave();
        uint256 bought = _depositors.done("deposit") + _depositors.done("mint");
        uint256 sold = _depositors.done("withdraw") + _depositors.done("redeem");
        // One kind alone may be missing in one of some hundred runs; all of a handler's are not.
        _reached("depositors' calls", bought + sold + _depositors.done("redeemInKind"));
        uint256 traded = _keeper.done("rebalance") + _keeper.done("steal");
        uint256 brought = _powers.done("applyAll") + _keeper.done("bring");
        _reached("the keeper's calls", traded + _keeper.done("collude") + brought);
        uint256 votes = _powers.done("voteWeights") + _powers.done("voteRule");
        uint256 steps = _powers.done("stewardMoves");
        uint256 brakes = _powers.done("guardianMoves") + _powers.done("freeze");
        uint256 limits = _powers.done("freezeKey") + _powers.done("narrow");
        uint256 intrusions = _powers.done("intrude");
        _reached("powers used", votes + steps + brakes + limits + intrusions);
        emit log_named_uint("shares bought", bought);
        emit log_named_uint("shares sold", sold);
        emit log_named_uint("rebalances", traded);
        emit log_named_uint("versions brought", brought);
        emit log_named_uint("intrusions", intrusions);
        emit log_named_uint("votes", votes);
        emit log_named_uint("steward's", steps);
        emit log_named_uint("guardian's", brakes);
        emit log_named_uint("keys frozen, limits narrowed", limits);
        emit log_named_uint("limits proposed", _powers.done("propose"));
        emit log_named_uint("limits cancelled", _powers.done("cancel"));
        emit log_named_uint("limits activated", _powers.done("activate"));
        emit log_named_uint("rolled back by vote", _powers.done("rollBack"));
        emit log_named_uint("rolled back by the guardian", _powers.done("rollBackGuardian"));
        emit log_named_uint("frozen or dark", _market.done("freeze") + _market.done("goDark"));
    }

    /// @dev `-vv` shows how often, in the last run. A run that forge shortens, to show a failure, need not reach it.
    function _reached(string memory what, uint256 times) private {
        emit log_named_uint(what, times);
        uint256 calls = _depositors.calls() + _keeper.calls() + _market.calls() + _powers.calls();
        if (calls >= 400) assertGt(times, 0, what);
    }

    function _leave() private {
        skip(365 days);
        RebalancingVault vault = _system.vault;
        uint256 supply = vault.totalSupply();
        uint256[] memory before = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            before[i] = vault.balanceOfAsset(i);
        }
        for (uint256 i = 0; i < 3; ++i) {
            address actor = _depositors.actors(i);
            uint256 shares = vault.balanceOf(actor);
            vm.prank(actor);
            vault.redeemInKind(shares, actor, actor);
        }
        assertEq(vault.totalSupply(), 0);
        for (uint256 i = 0; i < 3 && supply > 1e15; ++i) {
            // The part of the virtual shares, and a unit of rounding for each who left.
            assertLe(vault.balanceOfAsset(i), before[i] * 1e6 / supply + 4);
        }
    }

    /* THE SYSTEM */

    function _openRegistry() private {
        registry = new StrategyRegistry(governor);
        IStrategyRegistry.Listing[] memory listings = _rebalancing();
        // Eager to trade, so that a run sees as many rebalances as can be: driftThreshold, tradeCoolOff, slippageBudget.
        (listings[3].value, listings[6].value, listings[9].value) = (100, 0, 500);
        uint256[] memory words = new uint256[](1);
        words[0] = WORDS;
        StrategyValidator rules = new StrategyValidator(ILiquidationThresholds(address(0)));
        vm.startPrank(governor);
        registry.grantRole(registry.STEWARD_ROLE(), steward);
        registry.grantRole(registry.GUARDIAN_ROLE(), guardian);
        registry.listStrategy(CORE, rules, words, listings);
        vm.stopPrank();
        _system.registry = registry;
        _system.executor = new ParameterExecutor(registry, address(this));
    }

    function _openHub() private returns (OracleHub hub) {
        TestFeed sequencer = new TestFeed("sequencer", 0, 0);
        skip(1 days);
        hub = new OracleHub(address(this), IAggregatorV3(address(sequencer)), 1 days, 200);
        _open(hub, "USDC", 6, 1);
        _open(hub, "WBTC", 8, 60_000);
        _open(hub, "WETH", 18, 3000);
    }

    function _open(OracleHub hub, string memory symbol, uint8 decimals, int256 dollars) private {
        OddToken token = new OddToken(symbol, decimals);
        TestFeed feed = new TestFeed(symbol, 8, dollars * 1e8);
        _system.tokens.push(token);
        _system.feeds.push(feed);
        uint128 price = uint128(uint256(dollars) * 1e18);
        hub.proposeFeed(
            address(token),
            IOracleHub.Feed({
                primary: feed,
                secondary: IAggregatorV3(address(0)),
                maxStaleness: 2 days,
                secondaryMaxStaleness: 0,
                maxDeviationBps: 0,
                minPrice: price / 20,
                maxPrice: price * 20
            })
        );
    }

    function _openVault(OracleHub hub) private {
        address[] memory assets = new address[](3);
        DemoVenue.Market[] memory markets = new DemoVenue.Market[](3);
        for (uint256 i = 0; i < 3; ++i) {
            assets[i] = address(_system.tokens[i]);
            markets[i] = DemoVenue.Market(assets[i], i == 0 ? 0 : 500, i == 0 ? 0 : 500_000_000e18);
        }
        RebalancingVault vault = new RebalancingVault(
            RebalancingVault.Setup({
                name: "Core portfolio",
                symbol: "dpoCORE",
                assets: assets,
                strategyId: CORE,
                registry: registry,
                hub: hub,
                executor: address(_system.executor),
                admin: address(this)
            })
        );
        _system.vault = vault;
        _system.hostile = new HostileVault(CORE, 0, address(_system.executor));
        _system.executor.enlist(CORE, address(_system.hostile));
        _system.executor.enlist(CORE, address(vault));
        _openVenues(hub, markets);
    }

    function _openVenues(OracleHub hub, DemoVenue.Market[] memory markets) private {
        _system.venue = new DemoVenue(hub, markets);
        _system.liar = new LyingVenue();
        for (uint256 i = 0; i < 3; ++i) {
            _system.tokens[i].mint(address(_system.venue), type(uint128).max);
        }
        _system.vault.grantRole(_system.vault.CURATOR_ROLE(), address(this));
        _system.vault.setVenue(_system.venue, true);
        _system.vault.setVenue(_system.liar, true);
    }

    function _keys() private pure returns (uint16[] memory keys) {
        IStrategyRegistry.Listing[] memory listings = _rebalancing();
        keys = new uint16[](listings.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            keys[i] = listings[i].key;
        }
    }
}
