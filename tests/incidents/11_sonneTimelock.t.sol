// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {Governed} from "./Governed.sol";
import {CompoundMarket} from "./doubles/CompoundMarket.sol";

/// @title Sonne: a proposal in pieces that anyone could execute one by one
/// @notice A new market was to be opened, given its first deposit, and only then a collateral factor. Each was an
/// operation of its own in the timelock. Somebody executed the factor while the market was empty, bought two units of
/// its shares, gave it a lot of VELO and borrowed against them; a redemption that rounds down returned his gift. Rebuilt:
/// the same actions in pieces and as one proposal of our governor. One round of the attack, with more VELO than the
/// attacker's, stands for his several.
/// @custom:row 11
/// @custom:date 2024-05-14
/// @custom:loss about $20 million; a deposit of $100 saved another $6.5 million
/// @custom:cause actions that need each other, executable one without the other
/// @custom:label stopped
/// @custom:guard DpoGovernor: a proposal is one batch of the timelock, executed whole or not at all
contract Incident11Test is Governed {
    uint256 private constant POOL = 20_000_000e18;
    uint256 private constant PRICE = 0.12e18;
    uint256 private constant FACTOR = 3500;
    /// @dev A hundred dollars.
    uint256 private constant SEED = 833e18;
    /// @dev Borrowed for the transaction.
    uint256 private constant LOAN = 1_000_000_000e18;

    address private _attacker = makeAddr("attacker");
    TestToken private _velo = new TestToken("Velodrome", "VELO", 18);
    TestToken private _dollars = new TestToken("USD Coin", "USDC", 18);
    CompoundMarket private _market;
    address[] private _targets;
    bytes[] private _calls;

    function setUp() public {
        vm.warp(1_795_219_200);
        _foundDao();
        _velo.mint(_attacker, LOAN);
    }

    /// @notice In pieces, the factor comes before the deposit: 20 million dollars go, and the attacker has his VELO back.
    function test_harm_emptyMarketLends20Million() public {
        TimelockController pieces = _timelockOfPieces();
        _open(address(pieces));
        for (uint256 i = 0; i < _calls.length; ++i) {
            pieces.schedule(_targets[i], 0, _calls[i], 0, 0, 2 days);
        }
        skip(2 days);
        vm.startPrank(_attacker);
        pieces.execute(_targets[0], 0, _calls[0], 0, 0);
        pieces.execute(_targets[1], 0, _calls[1], 0, 0);
        _prepare();
        _market.borrow(POOL);
        _market.redeem(LOAN - 1);
        vm.stopPrank();
        assertEq(_dollars.balanceOf(_attacker), POOL);
        assertEq(_velo.balanceOf(_attacker), LOAN - 1);
    }

    /// @notice Of a proposal of our governor nobody can execute a piece, whatever he calls the operation.
    function test_guard_noPieceCanBeExecuted() public {
        uint256 id = _proposal();
        bytes32 operation =
            timelock.hashOperationBatch(_targets, new uint256[](4), _calls, 0, _saltOf(id));
        assertTrue(timelock.isOperationReady(operation));
        for (uint256 i = 0; i < _calls.length; ++i) {
            _refusedAlone(i, 0);
            _refusedAlone(i, _saltOf(id));
        }
        assertFalse(_market.listed());
        // The whole runs all the same.
        dao.execute(id);
        assertEq(_market.factorBps(), FACTOR);
    }

    /// @notice The attacker executes the whole and finds the deposit in it: his VELO become a gift, and borrow nothing.
    function test_guard_wholeProposalLeavesNoEmptyMarket() public {
        uint256 id = _proposal();
        vm.startPrank(_attacker);
        dao.execute(id);
        _prepare();
        vm.expectRevert(
            abi.encodeWithSelector(CompoundMarket.TooMuchDebt.selector, 1e18, _worthOfTwo())
        );
        _market.borrow(1e18);
        vm.stopPrank();
        assertEq(_dollars.balanceOf(address(_market)), POOL);
        assertEq(_market.sharesOf(address(timelock)), SEED);
    }

    /// @notice Where one action of the proposal fails, none has happened: no market without its deposit.
    function test_guard_wholeProposalOrNothing() public {
        uint256 id = _proposal();
        vm.prank(address(timelock));
        _velo.transfer(address(this), 1);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        dao.execute(id);
        assertFalse(_market.listed());
        assertEq(_market.factorBps(), 0);
    }

    function _timelockOfPieces() private returns (TimelockController) {
        (address[] memory me, address[] memory anyone) = (new address[](1), new address[](1));
        me[0] = address(this);
        return new TimelockController(2 days, me, anyone, address(0));
    }

    /// @dev The market and what it needs, in the order in which it is worst.
    function _open(address owner) private {
        _market = new CompoundMarket(owner, _velo, _dollars, PRICE);
        _dollars.mint(address(_market), POOL);
        _velo.mint(owner, SEED);
        _targets = [address(_market), address(_market), address(_velo), address(_market)];
        _calls = [
            abi.encodeCall(CompoundMarket.list, ()),
            abi.encodeCall(CompoundMarket.setFactor, (FACTOR)),
            abi.encodeCall(_velo.approve, (address(_market), SEED)),
            abi.encodeCall(CompoundMarket.mint, (SEED))
        ];
    }

    function _proposal() private returns (uint256) {
        _open(address(timelock));
        return _passed(_targets, _calls, "# SIP-15: VELO");
    }

    /// @dev Two units of shares, and all but two of the VELO given to the market.
    function _prepare() private {
        _velo.approve(address(_market), 2);
        _market.mint(2);
        _velo.transfer(address(_market), LOAN - 2);
    }

    /// @dev The name that the governor gives the batch in the timelock.
    function _saltOf(uint256 id) private view returns (bytes32) {
        (,,, bytes32 descriptionHash) = dao.proposalDetails(id);
        return bytes20(address(dao)) ^ descriptionHash;
    }

    function _refusedAlone(uint256 i, bytes32 salt) private {
        vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
        vm.prank(_attacker);
        timelock.execute(_targets[i], 0, _calls[i], 0, salt);
    }

    /// @dev What two units of shares among `SEED` may borrow after the gift.
    function _worthOfTwo() private pure returns (uint256) {
        return 2 * (SEED + LOAN) / (SEED + 2) * PRICE / 1e18 * FACTOR / 10_000;
    }
}
