// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IRebalancingVault} from "../../contracts/interfaces/IRebalancingVault.sol";
import {IVenue} from "../../contracts/interfaces/IVenue.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {Actor, System} from "./System.sol";

/// @title The keeper, who means well or whose key is stolen
/// @notice A rebalance that the vault accepts brings the weights nearer to their targets, costs no more than the rules
/// allow and no more than it books, whoever proposed it, through whatever venue.
contract Keeper is Actor {
    constructor(System memory system_) Actor(system_) {}

    /// @notice The asset most over its target for the one most under, by any part of it.
    function rebalance(uint256 part) external act {
        if (!_isPriced()) return;
        (uint256 sell, uint256 buy, uint256 excess) = _extremes();
        if (sell == buy) return;
        _bring();
        uint256 weight = system.vault.weights()[sell];
        // No more than fits one trade.
        uint256 largest = uint256(system.vault.params().maxTradeSize) * 0.99e14;
        excess = Math.min(excess * bound(part, 1, 120) / 100, largest);
        uint256 amount = Math.mulDiv(system.vault.balanceOfAsset(sell), excess, weight);
        _try(_one(system.venue, sell, buy, amount), "rebalance");
    }

    /// @notice Any trade, or any two there and back.
    function steal(uint256 sell, uint256 buy, uint256 amount, uint256 back) external act {
        if (!_isPriced()) return;
        _bring();
        (sell, buy) = (sell % ASSETS, buy % ASSETS);
        uint256 held = system.vault.balanceOfAsset(sell);
        amount = bound(amount, 0, held / 8);
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](2);
        trades[0] = _one(system.venue, sell, buy, amount)[0];
        uint256 other = system.vault.balanceOfAsset(buy);
        trades[1] = _one(system.venue, buy, sell, bound(back, 0, other / 4))[0];
        if (back % 2 == 0) trades = _one(system.venue, sell, buy, amount);
        _try(trades, "steal");
    }

    /// @notice A venue of the keeper's own: it takes, pays and says what suits it, and calls back into the vault.
    function collude(uint256 part, uint256 paysPart, uint256 says) external act {
        if (!_isPriced()) return;
        (uint256 sell, uint256 buy, uint256 excess) = _extremes();
        if (sell == buy) return;
        _bring();
        uint256 weight = system.vault.weights()[sell];
        excess = Math.min(excess * bound(part, 1, 120) / 100, 0.1e18);
        uint256 amount = Math.mulDiv(system.vault.balanceOfAsset(sell), excess, weight);
        // Around what is fair, so that some of it passes.
        uint256 fair =
            system.venue.quote(address(system.tokens[sell]), address(system.tokens[buy]), amount);
        uint256 pays = fair * bound(paysPart, 980, 1010) / 1000;
        system.tokens[buy].mint(address(system.liar), pays);
        system.liar.set(amount, pays, says);
        system.liar.setCall(address(system.vault), _reentry(paysPart));
        _try(_one(system.liar, sell, buy, amount), "collude");
    }

    function _try(IRebalancingVault.Trade[] memory trades, bytes32 name) private {
        RebalancingVault vault = system.vault;
        uint256 drift = _totalDrift();
        uint256 nav = vault.nav();
        uint256 used = vault.slippageUsed();
        uint256 supply = vault.totalSupply();
        IRebalancingVault.Params memory rules = vault.params();
        // A token that burns all gas would else burn that of the whole run.
        try vault.rebalance{gas: 2_000_000}(trades) {
            assertLt(_totalDrift(), drift, "drift has not fallen");
            assertEq(vault.totalSupply(), supply, "shares out of a rebalance");
            assertEq(system.registry.version(CORE), vault.appliedVersion(), "old rules");
            assertGe(vault.nav(), nav * (10_000 - rules.navDeviation) / 10_000, "NAV fell");
            uint256 budget = uint256(rules.slippageBudget) * 1e14;
            assertLe(vault.slippageUsed(), Math.max(budget, used), "over the budget");
            uint256 lost = Math.mulDiv(Math.saturatingSub(nav, vault.nav()), 1e18, nav);
            // Values are rounded down to 1e-18 dollars, three assets of them.
            assertLe(lost, vault.slippageUsed() - used + 3, "lost more than was booked");
            _done(name);
        } catch {
            assertEq(_totalDrift(), drift, "a refused rebalance did something");
            assertEq(vault.nav(), nav);
        }
    }

    /// @dev Keepers bring the version first where it is behind.
    function _bring() private {
        _pass(1 hours);
        if (system.vault.appliedVersion() == system.registry.version(CORE)) return;
        system.executor.applyAll(CORE);
        _done("bring");
    }

    function _reentry(uint256 seed) private view returns (bytes memory) {
        if (seed % 3 == 0) return abi.encodeCall(system.vault.deposit, (0, address(this)));
        if (seed % 3 == 1) {
            return abi.encodeCall(system.vault.redeem, (0, address(this), address(this)));
        }
        return abi.encodeCall(system.vault.redeemInKind, (0, address(this), address(this)));
    }

    function _one(IVenue venue, uint256 sell, uint256 buy, uint256 amount)
        private
        pure
        returns (IRebalancingVault.Trade[] memory trades)
    {
        trades = new IRebalancingVault.Trade[](1);
        trades[0] = IRebalancingVault.Trade(venue, uint8(sell), uint8(buy), amount, 0);
    }

    function _extremes() private view returns (uint256 over, uint256 under, uint256 excess) {
        uint256[] memory weights = system.vault.weights();
        uint256[] memory targets = system.vault.targetWeightsNow();
        uint256 lack = 0;
        for (uint256 i = 0; i < ASSETS; ++i) {
            if (weights[i] > targets[i] + excess) (over, excess) = (i, weights[i] - targets[i]);
            if (targets[i] > weights[i] + lack) (under, lack) = (i, targets[i] - weights[i]);
        }
    }
}
