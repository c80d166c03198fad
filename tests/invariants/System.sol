// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ParameterExecutor} from "../../contracts/ParameterExecutor.sol";
import {RebalancingVault} from "../../contracts/RebalancingVault.sol";
import {StrategyRegistry} from "../../contracts/StrategyRegistry.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {DemoVenue} from "../../contracts/venues/DemoVenue.sol";
import {HostileVault} from "../forge/doubles/HostileVault.sol";
import {LyingVenue} from "../forge/doubles/LyingVenue.sol";
import {OddToken} from "../forge/doubles/OddToken.sol";
import {Test} from "../forge/Test.sol";

/// @notice The whole of what an invariant run acts on.
struct System {
    StrategyRegistry registry;
    ParameterExecutor executor;
    RebalancingVault vault;
    HostileVault hostile;
    DemoVenue venue;
    LyingVenue liar;
    OddToken[] tokens;
    TestFeed[] feeds;
    address governor;
    address steward;
    address guardian;
}

/// @title What all actors of an invariant run share
/// @notice The system, the clock, the price of a share, and a count of the acts that came to something.
abstract contract Actor is Test {
    uint256 internal constant ASSETS = 3;
    bytes32 internal constant CORE = "core";

    System internal system;
    /// @notice How often an act came to something: was not refused and had something to do.
    mapping(bytes32 name => uint256) public done;

    /// @notice All acts, also those that were refused.
    uint256 public calls;

    constructor(System memory system_) {
        system = system_;
    }

    modifier act() {
        ++calls;
        _;
    }

    function _done(bytes32 name) internal {
        ++done[name];
    }

    /// @dev Time goes on, and the feeds with it, but those that are dark.
    function _pass(uint256 seconds_) internal {
        skip(seconds_);
        for (uint256 i = 0; i < ASSETS; ++i) {
            (, int256 answer,,,) = system.feeds[i].latestRoundData();
            if (answer != 0) system.feeds[i].set(answer);
        }
    }

    /// @return Whether the prices of what the vault holds pass their checks.
    function _isOpen() internal view returns (bool) {
        return system.vault.maxDeposit(address(0)) != 0;
    }

    /// @return Whether all prices do.
    function _isPriced() internal view returns (bool) {
        try system.vault.nav() {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev Dollars for each share, with the virtual unit and the virtual shares, to the last digit: the base asset is
    /// worth one dollar here.
    function _price() internal view returns (uint256) {
        RebalancingVault vault = system.vault;
        return Math.mulDiv(vault.nav() + 1e12, 1e36, vault.totalSupply() + 1e6);
    }

    function _totalDrift() internal view returns (uint256 total) {
        uint256[] memory weights = system.vault.weights();
        uint256[] memory targets = system.vault.targetWeightsNow();
        for (uint256 i = 0; i < ASSETS; ++i) {
            total += weights[i] > targets[i] ? weights[i] - targets[i] : targets[i] - weights[i];
        }
    }
}
