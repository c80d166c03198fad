// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {ParameterExecutor} from "../../../contracts/ParameterExecutor.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {StrategyValidator} from "../../../contracts/validators/StrategyValidator.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {RebalancingListing} from "../StrategyRegistry/RebalancingListing.sol";

/// @notice Gas of whole transactions that push a version to real vaults, post-conditions and records included.
/// forge-config: default.isolate = true
contract ExecutorGasTest is RebalancingListing {
    ParameterExecutor private _executor;
    address[] private _assets;

    function setUp() public override {
        vm.warp(START);
        registry = new StrategyRegistry(governor);
        _executor = new ParameterExecutor(registry, governor);
        uint256[] memory words = new uint256[](1);
        words[0] = WORDS;
        StrategyValidator rules = new StrategyValidator();
        vm.prank(governor);
        registry.listStrategy(CORE, rules, words, _rebalancing());
        skip(1);
        _assets.push(address(new TestToken("Dollar", "USDC", 6)));
        _assets.push(address(new TestToken("Bitcoin", "WBTC", 8)));
        _assets.push(address(new TestToken("Ether", "WETH", 18)));
    }

    /// @notice One vault, by a change of one rule.
    function test_one() public {
        address vault = _enlist(1)[0];
        _executor.applyAll(CORE);
        _set(_change(8, 500, 600));
        _executor.applyAll(CORE);
        _measured("push a rule to one vault: applyAll", 1, 75_000);
        skip(1);
        _set(_change(8, 600, 700));
        address[] memory named = new address[](1);
        named[0] = vault;
        _executor.applyTo(CORE, named);
        _measured("push a rule to one vault: applyTo", 1, 79_000);
    }

    /// @notice Ten vaults, each: by a change of one rule, and of the weights.
    function test_ten() public {
        _enlist(10);
        _executor.applyAll(CORE);
        _set(_change(8, 500, 600));
        _executor.applyAll(CORE);
        _measured("push a rule to each of ten vaults", 10, 37_000);
        _set(_with(_with(_change(0, 2000, 2500), 1, 3500, 3250), 2, 4500, 4250));
        _executor.applyAll(CORE);
        _measured("push weights to each of ten vaults", 10, 58_000);
    }

    /// @notice Nothing to do.
    function test_none() public {
        _enlist(10);
        _executor.applyAll(CORE);
        _executor.applyAll(CORE);
        _measured("ten vaults that are not behind", 1, 71_000);
    }

    /// @notice As many vaults as there may be, all of which burn their gas: one transaction can have 2**24 (EIP-7825),
    /// and who sends it leaves a quarter more than it needs.
    function test_fullHouseOfBurners() public {
        for (uint256 i = 0; i < _executor.MAX_VAULTS(); ++i) {
            HostileVault vault = new HostileVault(CORE, 0, address(_executor));
            vm.prank(governor);
            _executor.enlist(CORE, address(vault));
            vault.feel(HostileVault.Mood.LoopsForEver);
        }
        _executor.applyAll(CORE);
        _measured("every vault burns its gas", 1, uint256(2 ** 24) * 4 / 5);
    }

    /// @notice Writes the gas of the last transaction down, by vault, and fails where it has grown.
    function _measured(string memory name, uint256 vaults, uint256 most) private {
        uint256 used = vm.lastCallGas().gasTotalUsed / vaults;
        vm.snapshotValue(name, used);
        assertLe(used, most);
    }

    function _enlist(uint256 count) private returns (address[] memory vaults) {
        vaults = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            vaults[i] = address(
                new RebalancingVault(
                    RebalancingVault.Setup({
                        name: "Core",
                        symbol: "CORE",
                        assets: _assets,
                        strategyId: CORE,
                        registry: registry,
                        hub: IOracleHub(address(1)),
                        executor: address(_executor),
                        admin: governor
                    })
                )
            );
            vm.prank(governor);
            _executor.enlist(CORE, vaults[i]);
        }
    }
}
