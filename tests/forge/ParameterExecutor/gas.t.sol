// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILiquidationThresholds} from "../../../contracts/interfaces/ILiquidationThresholds.sol";
import {IManagedVault} from "../../../contracts/interfaces/IManagedVault.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {ParameterExecutor} from "../../../contracts/ParameterExecutor.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {StrategyValidator} from "../../../contracts/validators/StrategyValidator.sol";
import {HostileVault} from "../doubles/HostileVault.sol";
import {RebalancingListing} from "../StrategyRegistry/RebalancingListing.sol";
import {Vm} from "../Vm.sol";

/// @notice Gas of whole transactions that push a version to real vaults, post-conditions and records included.
/// forge-config: default.isolate = true
contract ExecutorGasTest is RebalancingListing {
    uint256 private constant COLD_ACCOUNT_GAS = 2600;
    uint256 private constant COLD_SLOT_GAS = 2100;
    /// @dev From one value to another, after it was read.
    uint256 private constant CHANGED_SLOT_GAS = 2900;
    uint256 private constant WARM_GAS = 100;
    uint256 private constant LOG_GAS = 375;
    uint256 private constant LOG_BYTE_GAS = 8;

    ParameterExecutor private _executor;
    address[] private _assets;

    function setUp() public override {
        vm.warp(START);
        registry = new StrategyRegistry(governor);
        _executor = new ParameterExecutor(registry, governor);
        uint256[] memory words = new uint256[](1);
        words[0] = WORDS;
        StrategyValidator rules = new StrategyValidator(ILiquidationThresholds(address(0)));
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

    /// @notice What a push is made of, counted: the accounts and slots that it is the first to touch, the slots that it
    /// changes, its events. What is left of its gas is spent on code, in memory and on hashing.
    function test_parts() public {
        _parts("push a rule to one vault", 1);
        _parts("push a rule to ten vaults", 10);
    }

    /// @notice The two questions of the post-condition. Three slots that are cold here are warm after a push.
    function test_readingBack() public {
        IManagedVault vault = IManagedVault(_enlist(1)[0]);
        _executor.applyAll(CORE);
        assertEq(vault.appliedVersion(), 1);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        assertEq(vault.appliedWords().length, WORDS);
        used += vm.lastCallGas().gasTotalUsed;
        used = used + 2 * WARM_GAS - 3 * (COLD_SLOT_GAS - WARM_GAS);
        vm.snapshotValue("reading back what was pushed", used);
        assertLe(used, 4500);
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

    function _parts(string memory name, uint256 count) private {
        uint256 state = vm.snapshotState();
        address[] memory vaults = _enlist(count);
        _executor.applyAll(CORE);
        _set(_change(8, 500, 600));
        vm.record();
        vm.recordLogs();
        _executor.applyAll(CORE);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        (uint256 touched, uint256 changed) = _slots(vaults);
        uint256 known = _part(name, "base", _intrinsic(abi.encodeCall(_executor.applyAll, (CORE))));
        known += _part(name, "accounts", (1 + count) * COLD_ACCOUNT_GAS);
        known += _part(name, "slots", touched * COLD_SLOT_GAS);
        known += _part(name, "changes", changed * CHANGED_SLOT_GAS);
        known += _part(name, "events", _events());
        assertGt(used, known);
        _part(name, "code", used - known);
        vm.revertToState(state);
    }

    function _part(string memory name, string memory part, uint256 gas) private returns (uint256) {
        vm.snapshotValue(string.concat(name, ", ", part), gas);
        return gas;
    }

    function _events() private returns (uint256 gas) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            gas += LOG_GAS * (1 + logs[i].topics.length) + LOG_BYTE_GAS * logs[i].data.length;
        }
    }

    /// @return touched Slots of registry, executor and vaults that the transaction looked at, each of them cold,
    /// @return changed and how many of them it changed.
    function _slots(address[] memory vaults)
        private
        view
        returns (uint256 touched, uint256 changed)
    {
        (touched, changed) = _slots(address(registry));
        (uint256 more, uint256 written) = _slots(address(_executor));
        (touched, changed) = (touched + more, changed + written);
        for (uint256 i = 0; i < vaults.length; ++i) {
            (more, written) = _slots(vaults[i]);
            (touched, changed) = (touched + more, changed + written);
        }
    }

    function _slots(address of_) private view returns (uint256 touched, uint256 changed) {
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(of_);
        return (_distinct(reads), _distinct(writes));
    }

    function _distinct(bytes32[] memory slots) private pure returns (uint256 count) {
        for (uint256 i = 0; i < slots.length; ++i) {
            bool seen = false;
            for (uint256 k = 0; k < i; ++k) {
                seen = seen || slots[k] == slots[i];
            }
            if (!seen) ++count;
        }
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
