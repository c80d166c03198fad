// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {StrategyRegistry} from "../../../contracts/StrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {Test} from "../Test.sol";

/// @notice A registry with one strategy that has a parameter of every kind.
abstract contract RegistryTest is Test {
    /// @notice A spec before it is packed.
    struct Spec {
        int64 minimum;
        int64 maximum;
        uint32 stepUp;
        uint32 stepDown;
        uint32 jump;
        uint32 cooldown;
        uint8 group;
        uint8 risk;
        bool relative;
        bool signed;
        bool amount;
        uint8 scale;
    }

    bytes32 internal constant CORE = "core";
    bytes32 internal constant REPORT = keccak256("report");
    uint40 internal constant START = 1_795_219_200;
    uint40 internal constant FOREVER = type(uint40).max;

    uint8 internal constant NEUTRAL_RISK = 0;
    uint8 internal constant UP_RISK = 1;
    uint8 internal constant DOWN_RISK = 2;
    uint8 internal constant BOTH_RISK = 3;

    // module 0, word 0: a coupled pair
    uint16 internal constant LEFT = 0;
    uint16 internal constant RIGHT = 1;
    // module 0, word 1: one of each kind
    uint16 internal constant SLIPPAGE = 8;
    uint16 internal constant BUFFER = 9;
    uint16 internal constant INTERVAL = 10;
    uint16 internal constant SKEW = 11;
    // module 1: amounts, each with a word of its own
    uint16 internal constant CAP = 1 << 8;
    uint16 internal constant CEILING = (1 << 8) | (1 << 3);
    // module 3: alone, in the last lane
    uint16 internal constant FEE = (3 << 8) | 7;

    address internal governor = makeAddr("governor");
    address internal steward = makeAddr("steward");
    address internal guardian = makeAddr("guardian");

    StrategyRegistry internal registry;
    PickyValidator internal validator;

    function setUp() public virtual {
        vm.warp(START);
        registry = new StrategyRegistry(governor);
        validator = new PickyValidator();
        vm.startPrank(governor);
        registry.grantRole(registry.STEWARD_ROLE(), steward);
        registry.grantRole(registry.GUARDIAN_ROLE(), guardian);
        registry.listStrategy(CORE, validator, _moduleWords(), _listings());
        vm.stopPrank();
        skip(30 days);
    }

    /* THE STRATEGY */

    function _moduleWords() internal pure returns (uint256[] memory words) {
        words = new uint256[](4);
        (words[0], words[1], words[3]) = (2, 2, 1);
    }

    function _listings() internal pure returns (IStrategyRegistry.Listing[] memory all) {
        all = new IStrategyRegistry.Listing[](9);
        all[0] = _listing(LEFT, _weight(), 4000, "left");
        all[1] = _listing(RIGHT, _weight(), 6000, "right");
        all[2] = _listing(SLIPPAGE, _slippage(), 500, "slippage");
        Spec memory spec = _slippage();
        (spec.minimum, spec.risk) = (10, DOWN_RISK);
        all[3] = _listing(BUFFER, spec, 500, "buffer");
        spec = Spec({
            minimum: 100,
            maximum: 1_000_000,
            stepUp: 5000,
            stepDown: 2500,
            jump: 7500,
            cooldown: 1 days,
            group: 0,
            risk: NEUTRAL_RISK,
            relative: true,
            signed: false,
            amount: false,
            scale: 0
        });
        all[4] = _listing(INTERVAL, spec, 10_000, "interval");
        spec = _slippage();
        (spec.minimum, spec.signed, spec.risk) = (-1000, true, BOTH_RISK);
        all[5] = _listing(SKEW, spec, -200, "skew");
        all[6] = _listing(CAP, _cap(), 2_000_000e6, "cap");
        spec = _slippage();
        (spec.maximum, spec.amount, spec.scale, spec.stepUp, spec.jump) = (100, true, 18, 5, 20);
        spec.stepDown = 5;
        all[7] = _listing(CEILING, spec, 50e18, "ceiling");
        all[8] = _listing(FEE, _slippage(), 0, "fee");
    }

    function _weight() internal pure returns (Spec memory spec) {
        spec = _slippage();
        (spec.minimum, spec.maximum, spec.group, spec.risk) = (100, 9900, 3, BOTH_RISK);
        (spec.stepUp, spec.stepDown, spec.jump) = (500, 500, 2000);
    }

    function _slippage() internal pure returns (Spec memory) {
        return Spec({
            minimum: 0,
            maximum: 1000,
            stepUp: 25,
            stepDown: 50,
            jump: 250,
            cooldown: 1 days,
            group: 0,
            risk: UP_RISK,
            relative: false,
            signed: false,
            amount: false,
            scale: 0
        });
    }

    function _cap() internal pure returns (Spec memory spec) {
        spec = _slippage();
        (spec.maximum, spec.amount, spec.scale) = (1e9, true, 6);
        (spec.relative, spec.stepUp, spec.stepDown, spec.jump) = (true, 5000, 5000, 10_000);
    }

    function _pack(Spec memory spec) internal pure returns (uint256 packed) {
        uint256 flags = uint256(spec.group) | (uint256(spec.risk) << 8) | (1 << 12);
        if (spec.relative) flags |= 1 << 10;
        if (spec.signed) flags |= 1 << 11;
        if (spec.amount) flags |= 1 << 13;
        flags |= uint256(spec.scale) << 16;
        packed = uint32(uint64(spec.minimum)) | (uint256(uint32(uint64(spec.maximum))) << 32);
        packed |= (uint256(spec.stepUp) << 64) | (uint256(spec.stepDown) << 96);
        packed |= (uint256(spec.jump) << 128) | (uint256(spec.cooldown) << 160) | (flags << 192);
    }

    function _listing(uint16 key, Spec memory spec, int256 value, string memory name)
        internal
        pure
        returns (IStrategyRegistry.Listing memory)
    {
        return IStrategyRegistry.Listing(key, _pack(spec), value, name);
    }

    /* CALLS */

    function _change(uint16 key, int256 from, int256 to)
        internal
        pure
        returns (IStrategyRegistry.Change[] memory changes)
    {
        changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(key, from, to);
    }

    function _with(IStrategyRegistry.Change[] memory some, uint16 key, int256 from, int256 to)
        internal
        pure
        returns (IStrategyRegistry.Change[] memory changes)
    {
        changes = new IStrategyRegistry.Change[](some.length + 1);
        for (uint256 i = 0; i < some.length; ++i) {
            changes[i] = some[i];
        }
        changes[some.length] = IStrategyRegistry.Change(key, from, to);
    }

    /// @notice A change of the pair that keeps its sum.
    function _swing(int256 by) internal pure returns (IStrategyRegistry.Change[] memory) {
        return _with(_change(LEFT, 4000, 4000 + by), RIGHT, 6000, 6000 - by);
    }

    function _set(IStrategyRegistry.Change[] memory changes) internal {
        vm.prank(governor);
        registry.setParams(CORE, changes, 0, FOREVER, REPORT);
    }

    function _stewardSet(IStrategyRegistry.Change[] memory changes) internal {
        uint32 version = uint32(registry.version(CORE));
        vm.prank(steward);
        registry.stewardSet(CORE, changes, version, FOREVER, REPORT);
    }

    /// @notice The same, refused with `error_`.
    function _expectSteward(IStrategyRegistry.Change[] memory changes, bytes memory error_)
        internal
    {
        uint32 version = uint32(registry.version(CORE));
        vm.prank(steward);
        vm.expectRevert(error_);
        registry.stewardSet(CORE, changes, version, FOREVER, REPORT);
    }

    function _reduce(IStrategyRegistry.Change[] memory changes) internal {
        vm.prank(guardian);
        registry.guardianReduce(CORE, changes);
    }

    function _freeze(uint256 duration) internal {
        vm.prank(guardian);
        registry.freeze(CORE, uint40(block.timestamp + duration));
    }

    function _freezeKey(uint16 key, uint256 duration) internal {
        vm.prank(guardian);
        registry.freezeKey(CORE, key, uint40(block.timestamp + duration));
    }

    /* EXPECTATIONS */

    function _expect(bytes memory error_) internal {
        vm.expectRevert(error_);
    }

    function _expectNoRole(address caller, bytes32 role) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role
            )
        );
    }

    function _value(uint16 key) internal view returns (int256) {
        return registry.valueOf(CORE, key);
    }

    /// @notice What the hash of a version covers: the touched modules as they are now.
    function _wordsHash(uint8 module) internal view returns (bytes32) {
        return _fold(0, module);
    }

    function _fold(bytes32 hash, uint8 module) internal view returns (bytes32) {
        bytes32 moduleHash =
            keccak256(abi.encodePacked(uint256(module), registry.wordsOf(CORE, module)));
        return keccak256(abi.encode(hash, moduleHash));
    }

    function _stateHash(bytes32 before, uint256 version, bytes32 reportHash, bytes32 wordsHash)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(before, version, reportHash, wordsHash));
    }
}
