// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice The listing of a strategy with one parameter: where every state begins.
/// @custom:proves what the other proofs assume of a state holds in the first one
contract ListingProof is AnyState {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @notice A plain parameter is listed with a valid spec and a value within it, by governance, as version 1.
    function check_list_plain(Given memory given, int256 value, address by) public {
        _list(given, value, by, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_list_signed(Given memory given, int256 value, address by) public {
        _list(given, value, by, SIGNED);
    }

    /// @notice The same of an amount of 18 decimals.
    function check_list_amount(Given memory given, int256 value, address by) public {
        _list(given, value, by, AMOUNT);
    }

    /// @notice A strategy that is listed is never listed again.
    function check_list_once(Given memory given, address by, int256 value) public {
        (uint16 key,) = _given(given, PLAIN);
        uint256 spec = _spec(given, PLAIN, 0);
        vm.prank(by);
        (bool done,) = address(registry).call(_call(key, spec, value));
        assert(!done);
    }

    /* INSIDE */

    function _list(Given memory given, int256 value, address by, uint8 kind) private {
        uint16 key = kind == AMOUNT ? AMOUNT_KEY : LANE_KEY;
        vm.warp(given.time);
        vm.assume(given.time != 0);
        // As no call has touched the strategy: a slot of this chain is zero until it is written.
        registry.seedHead(id, IStrategyRegistry.Head(0, 0, 0, validator));
        for (uint16 other = AMOUNT_KEY; other < AMOUNT_KEY + 8; ++other) {
            registry.seedSpec(id, other, 0);
        }
        OpenRegistry.Look memory before = registry.look(id, key);
        vm.assume(before.word == 0 && before.times == 0);
        vm.assume(before.anchors == 0 && before.anchoredAt == 0 && before.proposed == 0);
        uint256 spec = _spec(given, kind, 0);
        bytes memory call = _call(key, spec, value);
        vm.prank(by);
        (bool done,) = address(registry).call(call);
        vm.assume(done);

        OpenRegistry.Look memory later = registry.look(id, key);
        assert(by == GOVERNOR);
        assert(spec.isValid(key & 7));
        assert(later.spec == _spec(given, kind, uint32(WORDS)));
        (int256 low, int256 high) = spec.bounds();
        assert(low <= value && value <= high);
        assert(_value(later, key) == value && _anchor(later, key) == value);
        assert(later.times == uint256(0).withLane(key & 7, given.time));
        assert(later.anchoredAt == 0 && later.proposed == 0);
        assert(later.version == 1);
        bytes32 wordsHash = keccak256(
            abi.encode(
                bytes32(0),
                keccak256(abi.encodePacked(MODULE, registry.wordOf(id, MODULE << 5), later.word))
            )
        );
        bytes32 origin = keccak256(abi.encode(block.chainid, address(registry), id));
        assert(later.stateHash == keccak256(abi.encode(origin, uint256(1), bytes32(0), wordsHash)));
    }

    function _call(uint16 key, uint256 spec, int256 value) private view returns (bytes memory) {
        uint256[] memory moduleWords = new uint256[](MODULE + 1);
        moduleWords[MODULE] = WORDS;
        IStrategyRegistry.Listing[] memory listings = new IStrategyRegistry.Listing[](1);
        listings[0] = IStrategyRegistry.Listing(key, spec, value, "value");
        return abi.encodeCall(registry.listStrategy, (id, validator, moduleWords, listings));
    }
}
