// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {PickyValidator} from "../doubles/PickyValidator.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice Governance lists a strategy, once, with specs that can be lived with.
contract ListStrategyTest is RegistryTest {
    bytes32 private constant NEW = "new";

    /* ACCESS */

    /// @notice Nobody but the governor.
    function test_onlyTheGovernor(address caller) public {
        vm.assume(caller != governor);
        vm.prank(caller);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NotGovernor.selector, caller));
        registry.listStrategy(NEW, validator, _moduleWords(), _listings());
    }

    /* NORMAL PATH */

    /// @notice Everything that was given is there afterwards, at version 1, with a clock and events.
    function test_lists() public {
        IStrategyRegistry.Listing[] memory listings = _listings();
        vm.prank(governor);
        vm.expectEmit(address(registry));
        emit IStrategyRegistry.ParamListed(NEW, LEFT, "left", _pack(_weight()), 4000);
        vm.expectEmit(true, false, false, true, address(registry));
        emit IStrategyRegistry.StrategyListed(NEW, validator, _moduleWords());
        vm.expectEmit(true, true, false, false, address(registry));
        emit IStrategyRegistry.VersionCommitted(
            NEW, 1, 0, 0, governor, new IStrategyRegistry.Change[](0)
        );
        registry.listStrategy(NEW, validator, _moduleWords(), listings);

        for (uint256 i = 0; i < listings.length; ++i) {
            uint16 key = listings[i].key;
            assertEq(registry.valueOf(NEW, key), listings[i].value);
            assertEq(registry.specOf(NEW, key), listings[i].spec);
            assertEq(registry.lastChangeOf(NEW, key), block.timestamp);
        }
        assertEq(registry.version(NEW), 1);
        assertEq(address(registry.head(NEW).validator), address(validator));
        assertEq(registry.wordsOf(NEW, 0).length, 2);
        assertEq(registry.wordsOf(NEW, 2).length, 0);
    }

    /// @notice The chain of hashes begins with chain, registry and name, and the first version covers all modules.
    function test_stateHashBegins() public view {
        bytes32 genesis = keccak256(abi.encode(block.chainid, address(registry), CORE));
        bytes32 wordsHash = _fold(_fold(_fold(0, 0), 1), 3);
        assertEq(registry.stateHash(CORE), _stateHash(genesis, 1, 0, wordsHash));
    }

    /// @notice Thirty-two modules of thirty-two words are the most.
    function test_largest() public {
        uint256[] memory words = new uint256[](32);
        words[31] = 32;
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = _listing((31 << 8) | 255, _slippage(), 7, "last");
        vm.prank(governor);
        registry.listStrategy(NEW, validator, words, one);
        assertEq(registry.valueOf(NEW, (31 << 8) | 255), 7);
        assertEq(registry.wordsOf(NEW, 31).length, 32);
    }

    /// @notice A minimum that is the maximum is a parameter that stands still, and that is allowed.
    function test_oneValueIsARange() public {
        Spec memory spec = _slippage();
        spec.minimum = spec.maximum = 5;
        _listOne(FEE, spec, 5);
        assertEq(registry.valueOf(NEW, FEE), 5);
    }

    /* ERRORS */

    /// @notice A strategy is listed once.
    function test_alreadyListed() public {
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.StrategyAlreadyListed.selector, CORE));
        registry.listStrategy(CORE, validator, _moduleWords(), _listings());
    }

    /// @notice A validator without code would refuse nothing, or everything.
    function test_validatorMissing() public {
        address none = makeAddr("none");
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ValidatorMissing.selector, none));
        registry.listStrategy(NEW, IParamValidator(none), _moduleWords(), _listings());
    }

    /// @notice A strategy without parameters is none.
    function test_noListings() public {
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        registry.listStrategy(NEW, validator, _moduleWords(), new IStrategyRegistry.Listing[](0));
    }

    /// @notice Keys ascend and come once.
    function test_keysNotAscending() public {
        IStrategyRegistry.Listing[] memory listings = _listings();
        listings[4].key = SLIPPAGE;
        _expectList(
            listings, abi.encodeWithSelector(IStrategyRegistry.KeysNotAscending.selector, SLIPPAGE)
        );
        listings[4].key = BUFFER;
        _expectList(
            listings, abi.encodeWithSelector(IStrategyRegistry.KeysNotAscending.selector, BUFFER)
        );
    }

    /// @notice A key lies in a word that its module has.
    function test_keyOutsideItsModule() public {
        _expectKey(2 << 3);
        _expectKey(2 << 8);
        _expectKey(4 << 8);
        _expectKey(type(uint16).max);
    }

    function _expectKey(uint16 key) private {
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = _listing(key, _slippage(), 0, "lost");
        _expectList(one, abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, key));
    }

    /// @notice The first value obeys the bounds.
    function test_valueOutOfBounds() public {
        _expectOne(
            SLIPPAGE,
            _slippage(),
            -1,
            abi.encodeWithSelector(IStrategyRegistry.BelowMinimum.selector, SLIPPAGE, -1, 0)
        );
        _expectOne(
            CAP,
            _cap(),
            1e15 + 1,
            abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, CAP, 1e15 + 1, 1e15)
        );
    }

    /// @notice A spec that contradicts itself is refused, whatever the contradiction.
    function test_specInvalid() public {
        Spec memory spec = _slippage();
        (spec.minimum, spec.maximum) = (11, 10);
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        (spec.signed, spec.minimum, spec.maximum) = (true, 1, -1);
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        spec.stepUp = spec.jump + 1;
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        spec.stepDown = spec.jump + 1;
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        (spec.signed, spec.relative) = (true, true);
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        (spec.signed, spec.amount) = (true, true);
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        spec.scale = 1;
        _expectInvalid(SLIPPAGE, spec);
        spec = _slippage();
        spec.group = 2;
        _expectInvalid(SLIPPAGE, spec);
    }

    /// @notice An amount takes a whole word, alone, in a unit that a token can have.
    function test_amountInvalid() public {
        _expectInvalid(CAP | 1, _cap());
        Spec memory spec = _cap();
        spec.group = 1;
        _expectInvalid(CAP, spec);
        spec = _cap();
        spec.scale = 39;
        _expectInvalid(CAP, spec);
        spec.scale = 38;
        _listOne(CAP, spec, 1e47);
        assertEq(registry.valueOf(NEW, CAP), 1e47, "the largest scale");
    }

    /// @notice Nothing may be listed beside an amount.
    function test_besideAnAmount() public {
        IStrategyRegistry.Listing[] memory two = new IStrategyRegistry.Listing[](2);
        two[0] = _listing(CAP, _cap(), 0, "amount");
        two[1] = _listing(CAP | 1, _slippage(), 0, "beside it");
        _expectList(
            two,
            abi.encodeWithSelector(
                IStrategyRegistry.SpecInvalid.selector, CAP | 1, _pack(_slippage())
            )
        );
    }

    /// @notice Bits that mean nothing must be zero, and the one that means listed must not.
    function test_bitsInvalid() public {
        uint256 good = _pack(_slippage());
        _expectBits(good & ~(uint256(1) << 204));
        _expectBits(good | (1 << 206));
        _expectBits(good | (1 << 207));
        _expectBits(good | (1 << 224));
        _expectBits(good | (1 << 255));
        _expectBits(0);
    }

    function _expectBits(uint256 spec) private {
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = IStrategyRegistry.Listing(SLIPPAGE, spec, 0, "bits");
        _expectList(
            one, abi.encodeWithSelector(IStrategyRegistry.SpecInvalid.selector, SLIPPAGE, spec)
        );
    }

    /// @notice A group with a lane that is not listed could never change.
    function test_groupNotListed() public {
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = _listing(LEFT, _weight(), 4000, "left");
        _expectList(
            one, abi.encodeWithSelector(IStrategyRegistry.GroupIncomplete.selector, RIGHT, 2)
        );
    }

    /// @notice A key has five bits for its word, and the modules' sizes have one slot.
    function test_tooManyWords() public {
        IStrategyRegistry.Listing[] memory listings = _listings();
        uint256[] memory words = _moduleWords();
        words[1] = 33;
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.TooManyWords.selector, 1, 33, 32));
        registry.listStrategy(NEW, validator, words, listings);

        uint256[] memory modules = new uint256[](33);
        (modules[0], modules[1], modules[3]) = (2, 2, 1);
        vm.prank(governor);
        _expect(abi.encodeWithSelector(IStrategyRegistry.TooManyModules.selector, 33, 32));
        registry.listStrategy(NEW, validator, modules, listings);
    }

    /// @notice The first values obey the rules between parameters; every module with words is asked about.
    function test_validatorRefuses() public {
        validator.refuse(3);
        uint256[] memory words = new uint256[](1);
        _expectList(
            _listings(),
            abi.encodeWithSelector(PickyValidator.Refused.selector, NEW, uint8(3), words)
        );
    }

    function _expectInvalid(uint16 key, Spec memory spec) private {
        _expectOne(
            key,
            spec,
            0,
            abi.encodeWithSelector(IStrategyRegistry.SpecInvalid.selector, key, _pack(spec))
        );
    }

    function _expectOne(uint16 key, Spec memory spec, int256 value, bytes memory error_) private {
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = _listing(key, spec, value, "one");
        _expectList(one, error_);
    }

    function _expectList(IStrategyRegistry.Listing[] memory listings, bytes memory error_) private {
        vm.prank(governor);
        _expect(error_);
        registry.listStrategy(NEW, validator, _moduleWords(), listings);
    }

    function _listOne(uint16 key, Spec memory spec, int256 value) private {
        IStrategyRegistry.Listing[] memory one = new IStrategyRegistry.Listing[](1);
        one[0] = _listing(key, spec, value, "one");
        vm.prank(governor);
        registry.listStrategy(NEW, validator, _moduleWords(), one);
    }
}
